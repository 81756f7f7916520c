// A compressed picture, decoded by a worker, so that the page can be used meanwhile.

import { isArchive, isCodecModel, isPicture } from "../src/codec/kinds.js";
import { Remote } from "./remote.js";
import { makeCanvas } from "./show.js";
import { compute, say } from "./status.js";

const start = async (file) => new Uint8Array(await file.slice(0, 8).arrayBuffer());

/** Whether a file is compressed pictures, or a codec model. */
export async function isCompressed(file) {
  const bytes = await start(file);
  return isPicture(bytes) || isArchive(bytes) || isCodecModel(bytes);
}

/**
 * @param {number} cores as for startBackend.
 * @return {{use: function(File[])}} `use` takes files of both kinds.
 */
export function compressedPicture(cores) {
  const figure = document.getElementById("decoded");
  const canvas = makeCanvas("the compressed picture");
  const caption = document.createElement("figcaption");
  figure.append(canvas, caption);
  const decoder = new Remote("decoder.js");
  let waiting = null; // a picture whose codec model is missing

  async function use(files) {
    const isModel = await Promise.all(files.map(async (file) => isCodecModel(await start(file))));
    for (const file of files.filter((_, i) => isModel[i])) await compute(file.name, () => give(file));
    const pictures = files.filter((_, i) => !isModel[i]);
    if (!pictures.length && waiting) pictures.push(waiting);
    for (const file of pictures) await compute(file.name, () => decode(file));
  }

  async function decode(file) {
    waiting = file;
    figure.hidden = true;
    await give(file, (step) => {
      figure.hidden = false;
      [canvas.width, canvas.height] = [step.width, step.height];
      canvas.getContext("2d").putImageData(new ImageData(step.pixels, step.width, step.height), 0, 0);
      caption.textContent = describe(step);
    });
    waiting = null;
  }

  // A picture to decode, or a codec model to take; `onStep` gets each size.
  async function give(file, onStep) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const told = ({ share, step }) => (step ? onStep(step) : say(`${file.name} … ${Math.round(100 * share)}%`));
    try {
      await decoder.ask({ bytes, cores }, { told, transfer: [bytes.buffer] });
    } catch (error) {
      throw new Error(`${file.name}: ${error.message}`);
    }
  }

  return { use };
}

function describe({ width, height, size, checked, problem, backend }) {
  const whole = size.join("x");
  const shown = [width, height].join("x");
  const finest = shown === whole ? shown : `${shown} of ${whole}`;
  const end = [checked && "every pixel checked", problem].filter(Boolean).join("; ");
  return `${finest}${end && `: ${end}`} (${backend}, in a worker)`;
}
