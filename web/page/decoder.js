// The worker that decodes compressed pictures: on WebAssembly, whose float32 is the same everywhere.

import { isCodecModel } from "../src/codec/model.js";
import { codecModels, decodePicture, startBackend, wasmThreads } from "../src/library.js";

const models = codecModels();
let backend = null;

async function started(cores) {
  await startBackend("wasm", new URL(".", location.href).href, cores);
  const threads = await wasmThreads();
  return threads > 1 ? `wasm, ${threads} threads` : "wasm";
}

self.addEventListener("message", async ({ data: { bytes, cores } }) => {
  try {
    backend ??= await started(cores);
    if (isCodecModel(bytes)) {
      await models.add(bytes);
    } else {
      const report = (share) => self.postMessage({ share });
      for await (const step of decodePicture(bytes, { models, report })) {
        self.postMessage({ step: { ...step, backend } }, [step.pixels.buffer]);
      }
    }
    self.postMessage({ done: true });
  } catch (error) {
    self.postMessage({ error: error.message });
  }
});
