// A walk between two seeds.

import { makeCanvas, makeFigure, show } from "./show.js";
import { compute, seedOf } from "./status.js";

const STEPS = 8;

/**
 * @param {Model} model
 * @param {function(): Object<string, number>} temperatures of ./temperatures.js.
 */
export function between(model, temperatures) {
  const form = document.getElementById("walk-form");
  const slider = document.getElementById("walk-step");
  const { shape } = model.byName.x;
  const weights = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
  let pictures = null;

  const { figure, canvas } = makeFigure("");
  document.getElementById("walk-picture").replaceChildren(...figure.children);

  function showStep() {
    const step = Number(slider.value);
    show(canvas, pictures, shape, step);
    canvas.setAttribute("aria-label", `step ${step} of ${STEPS}`);
    document.getElementById("walk-label").value = `${step} of ${STEPS}`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    compute("walk", async () => {
      const ends = [seedOf(form.elements.from), seedOf(form.elements.to)];
      const noise = { from: [ends[0], 0], to: [ends[1], 0], weights };
      const steps = await model.walk(model.manifest.plans.generate, { noise, temperature: temperatures() });
      pictures = steps.x;
      const canvases = weights.map((_, i) => makeCanvas(`step ${i} of ${STEPS}`));
      canvases.forEach((small, i) => show(small, pictures, shape, i));
      document.getElementById("walk-all").replaceChildren(...canvases);
      document.getElementById("walk").hidden = false;
      showStep();
    });
  });
  slider.addEventListener("input", showStep);
}
