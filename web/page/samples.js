// A grid of samples, coarse to fine, and one of them chosen.

import { rowSeeds } from "../src/noise.js";
import { makeCanvas, show } from "./show.js";
import { compute, seedOf } from "./status.js";

/**
 * @param {Model} model
 * @param {function(): Object<string, number>} temperatures of ./temperatures.js.
 * @param {function(object)} onChoose gets {row, seed, steps, temperature} of the chosen sample.
 * @return {function(): Promise} draws the grid.
 */
export function samples(model, temperatures, onChoose) {
  const form = document.getElementById("samples-form");
  const grid = document.getElementById("samples");
  const { seed, count } = form.elements;

  function draw() {
    return compute("samples", async () => {
      const drawn = { seed: seedOf(seed), temperature: temperatures() };
      const rows = rowSeeds(drawn.seed, Number(count.value));
      const buttons = rows.map((_, row) => sampleButton(drawn, row));
      grid.replaceChildren(...buttons);
      drawn.steps = await model.walk(model.manifest.plans.generate, {
        noise: { rows },
        temperature: drawn.temperature,
        onStep: (name, value, count) => {
          const { kind, shape } = model.byName[name];
          if (kind !== "image") return;
          buttons.slice(0, count).forEach((button, row) => show(button.firstChild, value, shape, row));
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
