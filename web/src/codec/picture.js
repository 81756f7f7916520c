// A compressed picture, decoded coarse to fine.

import { crc32 } from "./checksums.js";
import { readFile } from "./file.js";
import { decode, rungs } from "./ladder.js";
import { Damaged } from "./stream.js";
import { readStored } from "./stored.js";

const MOST = 2 ** 26; // pixels of a picture, where a caller says nothing else

/**
 * Decode a `.svae` file, size by size.
 *
 * @param {Uint8Array} bytes of the file.
 * @param {{models: CodecModels, most: number, report: function(number)}} options where codec models are, how many
 *     pixels are too many, and who is told which share of the next size is done.
 * @return {AsyncGenerator<object>} {width, height, pixels, level, size, checked, problem} of each size: pixels are red,
 *     green, blue and alpha, Uint8ClampedArray; `level` says how often it is halved, `size` is the whole picture's
 *     [width, height]; `checked`, of the last one, whether every pixel is known to be the one that was put in; and
 *     `problem`, of the last one, why nothing finer follows.
 * @throws {Damaged} when it was cut or changed, and no size is whole, or its pixels are other ones.
 * @throws {Error} for another kind of file, a larger picture, or a codec model that is missing.
 */
export async function* decodePicture(bytes, { models, most = MOST, report } = {}) {
  const file = readFile(bytes, most);
  const { head } = file;
  const size = [head.width, head.height];
  if (head.stored) {
    const found = await readStored(file);
    yield { width: head.width, height: head.height, level: 0, size, problem: file.problem, ...found };
    return;
  }
  const model = await models.find(file.needs);
  const shape = { height: head.height, width: head.width };
  const colours = decode(model, { ...shape, channels: head.colours }, file.colour, report);
  const alphas = head.alpha ? decode(model, { ...shape, channels: 1 }, file.alpha.slice(0, file.colour.length)) : null;
  const levels = rungs(head.height, head.width).length;
  for (let rung = 0; rung < file.colour.length; rung++) {
    const colour = (await colours.next()).value;
    const alpha = alphas && (await alphas.next()).value;
    const isLast = rung === file.colour.length - 1;
    const { width, height } = colour;
    const step = { width, height, pixels: together(colour, alpha), level: levels - 1 - rung, size };
    if (!isLast) {
      yield { ...step, checked: false, problem: null };
      continue;
    }
    const checked = file.checksum !== null;
    if (checked && file.checksum !== checksumOf(colour, alpha)) {
      throw new Damaged(
        "its pixels are not those that were put in: it was changed, or this machine computes another way; coarser " +
          "levels may be right",
      );
    }
    const left = head.leftOut ? "it keeps no finer level: that is left to the model, which Python draws from" : null;
    yield { ...step, checked, problem: file.problem ?? left };
  }
}

const checksumOf = (colour, alpha) => (alpha ? crc32(alpha.data, crc32(colour.data)) : crc32(colour.data));

function together(colour, alpha) {
  const count = colour.width * colour.height;
  const pixels = new Uint8ClampedArray(4 * count);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = colour.data[i * colour.channels + (colour.channels === 3 ? c : 0)];
    pixels[4 * i + 3] = alpha ? alpha.data[i] : 255;
  }
  return pixels;
}
