// Which backend of TensorFlow.js computes: WebGPU or WebGL where they are good, WebAssembly else.

import * as tf from "@tensorflow/tfjs-core";

export const BACKENDS = ["webgpu", "webgl", "wasm"];

// A graphics driver that computes on the processor is slower than WebAssembly.
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;

/** Whether the browser has what a backend needs, at full float32 precision and in hardware. */
export async function isGood(name) {
  if (name === "wasm") return typeof WebAssembly === "object";
  if (name === "webgpu") {
    const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
    const { vendor, architecture, description } = adapter?.info ?? {};
    return Boolean(adapter) && !SOFTWARE.test(`${vendor} ${architecture} ${description}`);
  }
  const context = globalThis.OffscreenCanvas && new OffscreenCanvas(1, 1).getContext("webgl2"); // a worker's, too
  if (!context) return false;
  const info = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = context.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : context.RENDERER);
  return !SOFTWARE.test(renderer) && Boolean(context.getExtension("EXT_color_buffer_float"));
}

/**
 * Start a backend.
 *
 * @param {?string} wanted one of BACKENDS; without it the first that `isGood`.
 * @param {string} base address of the folder of the .wasm files.
 * @param {number} cores logical cores to count on, half of which compute on WebAssembly where the
 *     page is isolated; 0: those that the browser names, and 4 where it names 2 or 3.
 * @return {Promise<string>} its name.
 * @throws {Error} in words, when it cannot start.
 */
export async function startBackend(wanted, base, cores = 0) {
  cores ||= fewCores() ? 4 : 0;
  if (wanted && !BACKENDS.includes(wanted)) {
    throw new Error(`backend: expected one of ${BACKENDS.join(", ")}, got ${wanted}`);
  }
  const tried = [];
  for (const name of wanted ? [wanted] : BACKENDS) {
    if (!wanted && !(await isGood(name))) continue;
    try {
      await register(name, base);
      if (await counting(cores, () => tf.setBackend(name))) return name;
      tried.push(`${name} did not start`);
    } catch (error) {
      tried.push(`${name}: ${error.message}`);
    }
  }
  throw new Error(`No way to compute here: ${tried.join("; ") || "the browser lacks WebAssembly"}.`);
}

async function register(name, base) {
  if (name === "wasm") {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(base);
  } else if (name === "webgl") {
    await import("@tensorflow/tfjs-backend-webgl");
    // Half floats are too coarse for an image's grey levels.
    tf.env().set("WEBGL_FORCE_F16_TEXTURES", false);
    if (!tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED")) {
      throw new Error("this graphics driver has no 32-bit floats");
    }
  } else {
    await import("@tensorflow/tfjs-backend-webgpu");
  }
}

// Half of two cores is one: on a quiet machine of two, two threads take two thirds of the time.
function fewCores() {
  return [2, 3].includes(globalThis.navigator?.hardwareConcurrency);
}

// The WebAssembly backend makes half as many threads as the browser counts logical cores, whatever
// `setThreadsCount` is told (4.22.0): to have another number, let it count other cores while it starts.
async function counting(cores, start) {
  if (!cores) return start();
  Object.defineProperty(navigator, "hardwareConcurrency", { value: cores, configurable: true });
  try {
    return await start();
  } finally {
    delete navigator.hardwareConcurrency; // the browser's own is seen again
  }
}

/** How many threads the WebAssembly backend computes with. */
export async function wasmThreads() {
  const { getThreadsCount } = await import("@tensorflow/tfjs-backend-wasm");
  const threaded = await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT");
  return threaded ? getThreadsCount() : 1;
}
