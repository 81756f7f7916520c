// A grid of samples, coarse to fine, and one of them chosen.

import { SeededNoise, rowSeeds } from "../src/noise.js";
import { makeCanvas, painted, show } from "./show.js";
import { compute, seedOf } from "./status.js";

/**
 * @param {Model} model
 * @param {function(object)} onChoose gets {row, seed, steps, temperature} of the chosen sample.
 * @return {function(): Promise} draws the grid.
 */
export function samples(model, onChoose) {
  const form = document.getElementById("samples-form");
  const grid = document.getElementById("samples");
  const { seed, temperature, count } = form.elements;
  const output = form.querySelector("output");
  temperature.addEventListener("input", () => (output.value = temperature.value));

  function draw() {
    return compute("samples", async () => {
      const drawn = { seed: seedOf(seed), temperature: Number(temperature.value), steps: {} };
      const rows = rowSeeds(drawn.seed, Number(count.value));
      const buttons = rows.map((_, row) => sampleButton(drawn, row));
      grid.replaceChildren(...buttons);
      await model.walk(model.manifest.plans.generate, {
        noise: new SeededNoise(rows),
        temperature: drawn.temperature,
        onStep: async (name, step) => {
          drawn.steps[name] = step.value;
          const variable = model.byName[name];
          if (variable.kind !== "image") return;
          buttons.forEach((button, row) => show(button.firstChild, step.value, variable.shape, row));
          await painted();
        },
      });
      drawn.done = true;
      choose(drawn, 0);
    });
  }

  function sampleButton(drawn, row) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.append(makeCanvas(`sample ${row + 1} of seed ${drawn.seed}`));
    button.addEventListener("click", () => drawn.done && choose(drawn, row));
    return button;
  }

  function choose(drawn, row) {
    [...grid.children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === row)));
    onChoose({ ...drawn, row });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    draw();
  });
  document.getElementById("next-seed").addEventListener("click", () => {
    seed.value = String((Number(seed.value) + 1) | 0);
    draw();
  });
  return draw;
}
