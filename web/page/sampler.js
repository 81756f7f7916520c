// The worker that computes the model: it starts a backend, loads the graphs, and walks over the variables.

import { BACKENDS, BetweenNoise, SeededNoise, isGood, loadModel, wasmThreads } from "../src/library.js";
import { answer } from "./answer.js";

let loaded = null;

async function load({ backend: wanted, cores }, tell) {
  const { model, backend } = await loadModel("model/", wanted, cores);
  await model.preload(["p"], (done, total) => tell({ done, total }));
  const good = await Promise.all(BACKENDS.map((name) => name === backend || isGood(name)));
  const threads = backend === "wasm" ? await wasmThreads() : 1;
  return { model, about: { manifest: model.manifest, backend, threads, backends: BACKENDS.filter((_, i) => good[i]) } };
}

answer(async ({ settings, walk }, tell) => {
  loaded ??= load(settings, tell).catch((error) => {
    loaded = null; // the next try may find the network again
    throw error;
  });
  const { model, about } = await loaded;
  if (!walk) return about;
  const { plan, noise, given, temperature } = walk;
  await model.walk(plan, {
    noise: noise.weights ? new BetweenNoise(noise.from, noise.to, noise.weights) : new SeededNoise(noise.rows),
    given,
    temperature,
    onStep: (name, { value }, count) => tell({ name, value, count }),
  });
});
