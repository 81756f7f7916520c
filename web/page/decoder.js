// The worker that decodes compressed pictures: on WebAssembly, whose float32 is the same everywhere.

import { isCodecModel } from "../src/codec/kinds.js";
import { codecModels, decodePicture, startBackend, wasmThreads } from "../src/library.js";
import { answer } from "./answer.js";

const models = codecModels();
let backend = null;

async function started(cores) {
  await startBackend("wasm", new URL(".", import.meta.url).href, cores);
  const threads = await wasmThreads();
  return threads > 1 ? `wasm, ${threads} threads` : "wasm";
}

answer(async ({ bytes, cores }, tell) => {
  backend ??= await started(cores);
  if (isCodecModel(bytes)) {
    await models.add(bytes);
    return;
  }
  for await (const step of decodePicture(bytes, { models, report: (share) => tell({ share }) })) {
    tell({ step: { ...step, backend } }, [step.pixels.buffer]);
  }
});
