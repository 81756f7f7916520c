// Threads of WebAssembly need a page that is isolated from other origins, which a web server says by
// two headers. Where the server does not, a service worker of the page's own adds them.

const TRIED = "selfvae-isolation-tried";

/** @return {Promise<boolean>} whether the page is loading again, isolated. */
export async function becomeIsolated() {
  if (window.crossOriginIsolated || !window.isSecureContext || !navigator.serviceWorker) return false;
  if (navigator.hardwareConcurrency < 2) return false;
  try {
    if (sessionStorage.getItem(TRIED)) return false; // once: the browser may have its reasons
    sessionStorage.setItem(TRIED, "yes");
    await navigator.serviceWorker.register("isolate.js");
    await navigator.serviceWorker.ready;
  } catch {
    return false; // one thread computes the same pictures; the page shows how many there are
  }
  location.reload();
  return true;
}
