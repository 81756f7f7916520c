// A picture of one's own: upscaled from each small version, and rebuilt from the latents sent.

import { rowSeeds } from "../src/noise.js";
import { readPicture } from "./crop.js";
import { makeFigure, show, sizeOf } from "./show.js";
import { compute } from "./status.js";

/**
 * @param {Model} model
 * @param {function(): Object<string, number>} temperatures of ./temperatures.js.
 * @return {{use: function(File): Promise}} `use` takes a picture's file.
 */
export function ownPicture(model, temperatures) {
  const { plans } = model.manifest;
  const { shape } = model.byName.x;

  function use(file) {
    return compute("your picture", async () => {
      const x = await readPicture(file, shape);
      document.getElementById("results").hidden = false;
      const rebuilt = Object.entries(plans).filter(([name]) => name.startsWith("reconstruction_"));
      const upscaled = Object.entries(plans).filter(([name]) => /^conditional_reconstruction/.test(name));
      document.getElementById("rebuilt-title").hidden = !rebuilt.length; // a model without latents sends none
      const original = makeFigure(`yours, ${sizeOf(model.byName.x)}`);
      show(original.canvas, x, shape);
      document.getElementById("upscaled").replaceChildren(original.figure);
      document.getElementById("rebuilt").replaceChildren();
      for (const [, plan] of upscaled) await add("upscaled", plan, x, plan.sent, (s) => `from ${s.map((name) => sizeOf(model.byName[name])).join()}`);
      for (const [, plan] of rebuilt) await add("rebuilt", plan, x, plan.sent, (s) => `${s.join(", ")} sent`);
    });
  }

  async function add(strip, plan, x, sent, caption) {
    const { figure, canvas } = makeFigure(caption(sent));
    document.getElementById(strip).append(figure);
    await model.walk(plan, {
      noise: { rows: rowSeeds(0, 1) },
      given: { x },
      temperature: temperatures(),
      onStep: (name, value) => {
        if (model.byName[name].kind === "image") show(canvas, value, model.byName[name].shape);
      },
    });
  }

  return { use };
}
