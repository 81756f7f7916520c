// One picture's small version kept, and all that is finer drawn again.

import { Source } from "../src/described.js";
import { rowSeeds } from "../src/noise.js";
import { makeCanvas, makeFigure, show, sizeOf } from "./show.js";
import { compute } from "./status.js";

const COUNT = 8;

/**
 * @param {Model} model
 * @return {{choose: function(object)}} `choose` takes what `samples` chose.
 */
export function details(model) {
  const form = document.getElementById("details-form");
  const grid = document.getElementById("details");
  const kept = document.getElementById("kept");
  const keepable = model.images.filter((name) => name !== "x");
  let chosen = null;
  let seed = 0;
  if (!keepable.length) {
    form.closest("section").hidden = true; // a model of one level has no small version
    return { choose() {} };
  }
  makeChoices(document.getElementById("keep"), keepable.map((name) => model.byName[name]));

  function showKept() {
    const variable = model.byName[form.elements.keep.value];
    const { figure, canvas } = makeFigure(`kept: ${sizeOf(variable)}`);
    show(canvas, chosen.steps[variable.name], variable.shape, chosen.row);
    kept.replaceChildren(...figure.children);
    grid.replaceChildren();
  }

  function draw() {
    return compute("details", async () => {
      if (!chosen) throw new Error("Details: draw samples first, and choose one of them.");
      const name = form.elements.keep.value;
      const { plan, given } = keeping(model, name, chosen);
      const canvases = Array.from({ length: COUNT }, (_, i) => makeCanvas(`variant ${i + 1}`));
      grid.replaceChildren(...canvases);
      seed += 1;
      await model.walk(plan, {
        noise: { rows: rowSeeds(seed, COUNT) },
        given,
        temperature: chosen.temperature,
        onStep: (step, value) => {
          if (model.byName[step].kind !== "image") return;
          canvases.forEach((canvas, row) => show(canvas, value, model.byName[step].shape, row));
        },
      });
    });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    draw();
  });
  form.addEventListener("change", () => chosen && showKept());
  return {
    choose(sample) {
      chosen = sample;
      showKept();
    },
  };
}

/** The plan that gives an image and the latent above it, and draws all that is finer. */
export function keeping(model, name, { steps, row }) {
  const { level } = model.byName[name];
  const sources = {};
  const given = {};
  for (const variable of model.variables) {
    const finer = variable.level < level || variable.name === `z${level}`;
    const above = variable.kind === "latent" && variable.level === level + 1;
    const isGiven = variable.name === name || above;
    sources[variable.name] = finer ? Source.PRIOR : isGiven ? Source.GIVEN : Source.UNUSED;
    if (isGiven) given[variable.name] = repeated(steps[variable.name], variable.shape, row, COUNT);
  }
  return { plan: { sources, start: name }, given };
}

function repeated(values, shape, row, count) {
  const size = shape.reduce((product, side) => product * side, 1);
  const one = values.subarray(row * size, (row + 1) * size);
  const all = new Float32Array(count * size);
  for (let i = 0; i < count; i++) all.set(one, i * size);
  return all;
}

function makeChoices(fieldset, variables) {
  variables.forEach((variable, index) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "keep", value: variable.name, checked: index === 1 || variables.length === 1 });
    label.append(input, sizeOf(variable));
    fieldset.append(label);
  });
}
