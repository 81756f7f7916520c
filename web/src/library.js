// What programs in a browser import: a model that `export_tfjs` wrote and its noise, and compressed pictures.

import { CodecModels } from "./codec/models.js";
import { startBackend } from "./backend.js";
import { Model } from "./model.js";

export { BACKENDS, isGood, startBackend, wasmThreads } from "./backend.js";
export { CodecModels } from "./codec/models.js";
export { decodePicture } from "./codec/picture.js";
export { Source } from "./described.js";
export { Model } from "./model.js";
export { BetweenNoise, MeanNoise, SeededNoise, rowSeeds } from "./noise.js";

/**
 * Load a model by its address.
 *
 * @param {string} address of the folder of its manifest.json, such as "model/".
 * @param {?string} backend one of BACKENDS; without it, the best that the browser has.
 * @param {number} cores as for startBackend.
 * @return {Promise<{model: Model, backend: string}>}
 */
export async function loadModel(address = "model/", backend = null, cores = 0) {
  const started = await startBackend(backend, new URL(".", import.meta.url).href, cores);
  return { model: await Model.load(below(address)), backend: started };
}

/**
 * The codec models that `export_tfjs` put beside the page, each loaded when a picture needs it.
 *
 * @param {string} address of the folder of its models.json.
 * @return {CodecModels} for decodePicture.
 */
export function codecModels(address = "codec/") {
  return new CodecModels(below(address));
}

function below(address) {
  const folder = new URL(address, globalThis.document?.baseURI ?? import.meta.url); // a worker has no document
  return (path) => download(new URL(path, folder));
}

async function download(url) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error(`${url.pathname} could not be loaded. Is the web server still there?`);
  }
  if (!response.ok) throw new Error(`${url.pathname} could not be loaded: the web server answered ${response.status}.`);
  return response.arrayBuffer();
}
