// A compressed picture, decoded by a worker, so that the page can be used meanwhile.

import { isArchive, isPicture } from "../src/codec/file.js";
import { isCodecModel } from "../src/codec/model.js";
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
  const decoder = new Decoder(cores);
  let waiting = null; // a picture whose codec model is missing

  async function use(files) {
    const isModel = await Promise.all(files.map(async (file) => isCodecModel(await start(file))));
    for (const file of files.filter((_, i) => isModel[i])) await compute(file.name, () => decoder.run(file));
    const pictures = files.filter((_, i) => !isModel[i]);
    if (!pictures.length && waiting) pictures.push(waiting);
    for (const file of pictures) await compute(file.name, () => decode(file));
  }

  async function decode(file) {
    waiting = file;
    figure.hidden = true;
    await decoder.run(file, (step) => {
      figure.hidden = false;
      [canvas.width, canvas.height] = [step.width, step.height];
      canvas.getContext("2d").putImageData(new ImageData(step.pixels, step.width, step.height), 0, 0);
      caption.textContent = describe(step);
    });
    waiting = null;
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

class Decoder {
  constructor(cores) {
    this.cores = cores;
    this.worker = null;
  }

  /** Decode a picture, or take a codec model; `onStep` gets each size. */
  async run(file, onStep) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    this.worker ??= new Worker("decoder.js", { type: "module" });
    const { worker } = this;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data: { share, step, error, done } }) => {
        if (share) say(`${file.name} … ${Math.round(100 * share)}%`);
        if (step) onStep(step);
        if (error) reject(new Error(`${file.name}: ${error}`));
        if (done) resolve();
      };
      worker.onerror = () => {
        this.worker = null; // the next try may find the network again
        reject(new Error(`${file.name}: the decoder could not be loaded, or stopped.`));
      };
      worker.postMessage({ bytes, cores: this.cores }, [bytes.buffer]);
    });
  }
}
