// The page: has a worker load the model, and wires the sections.

import { between } from "./between.js";
import { compressedPicture, isCompressed } from "./compressed.js";
import { details } from "./details.js";
import { takeFiles } from "./files.js";
import { becomeIsolated } from "./isolated.js";
import { Model } from "./model.js";
import { ownPicture } from "./picture.js";
import { samples } from "./samples.js";
import { compute, say, showError, showProgress, watchErrors } from "./status.js";
import { temperatures } from "./temperatures.js";

async function start() {
  watchErrors();
  const asked = new URLSearchParams(location.search);
  if (await becomeIsolated()) return; // the page is loading again
  const settings = { backend: asked.get("backend"), cores: Number(asked.get("cores")) };
  const { model, backend, threads, backends } = await Model.load(settings, showProgress);
  showBackends(backend, threads, backends);
  showAbout(model);
  const { choose } = details(model);
  const tempered = temperatures(model);
  const draw = samples(model, tempered, choose);
  between(model, tempered);
  const own = ownPicture(model, tempered);
  const compressed = compressedPicture(settings.cores);
  takeFiles(async (files) => ((await isCompressed(files[0])) ? compressed.use(files) : own.use(files[0])));
  document.getElementById("sections").inert = false;
  await draw();
  document.documentElement.dataset.ready = backend; // for tests and for styles
}

function showBackends(backend, threads, backends) {
  const select = document.getElementById("backend");
  for (const name of backends) {
    const label = name === backend && threads > 1 ? `${name}, ${threads} threads` : name;
    select.append(new Option(label, name, false, name === backend));
  }
  select.addEventListener("change", () => {
    const address = new URL(location.href);
    address.searchParams.set("backend", select.value);
    location.href = address.href;
  });
}

function showAbout(model) {
  const sizes = model.images.map((name) => model.byName[name].shape[0]).join(", ");
  document.getElementById("about").textContent =
    `A model of pictures of ${sizes} pixels, coarse to fine, computing in your browser.`;
}

start().catch((error) => {
  say("stopped");
  showError(error);
});
