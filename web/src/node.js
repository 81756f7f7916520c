// The model in Node, on the WebAssembly backend: no browser needed.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { Model } from "./model.js";

/** Start the WebAssembly backend. */
export async function startWasm() {
  const library = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(library)}/`);
  await tf.setBackend("wasm");
  await tf.ready();
}

/** Load a model from the folder of its manifest. */
export async function loadModel(folder) {
  await startWasm();
  return Model.load(async (path) => {
    const bytes = await readFile(join(folder, path));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  });
}
