// Service worker: adds the two headers of isolation to this page, and to nothing else.

const MARK = '<meta name="generator" content="tf_selfvae">';

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  const home = new URL(self.registration.scope).pathname;
  const isPage = pathname === home || pathname === `${home}index.html`;
  if (event.request.mode === "navigate" && isPage) event.respondWith(isolated(event.request));
});

async function isolated(request) {
  const response = await fetch(request);
  if (!response.ok || response.redirected) return response;
  const text = await response.text();
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  if (text.includes(MARK)) {
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  } else {
    await self.registration.unregister(); // another site lives at this address now
  }
  return new Response(text, { status: response.status, headers });
}
