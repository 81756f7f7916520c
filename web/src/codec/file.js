// The container of one picture, a `.svae` file: its head and sections, coarse to fine (docs/format.md).

import { PICTURE, isArchive, isPicture } from "./kinds.js";
import { rungs } from "./ladder.js";
import { Damaged, Source } from "./stream.js";

const VERSION = 1;
const MODES = ["L", "LA", "RGB", "RGBA", "1"];
const STORED = ["image/png", "image/webp"];
const SIDE = 2 ** 31 - 1;
const COLOUR = 0x00;
const ALPHA = 0x40;
const FILE = 0x80;
const METADATA = 0xc0;
const MOST_METADATA = 2 ** 24;

/**
 * Read a file as far as its sections are whole.
 *
 * @param {Uint8Array} bytes
 * @param {number} most pixels that the picture may have.
 * @return {object} {head, needs, colour, alpha, stored, checksum, problem}: `needs` {hash, name} of the codec model,
 *     lists of the payloads of the planes, coarse to fine, `stored` {type, bytes} of a picture in another format,
 *     CRC-32 of the pixels, and why it was read no further.
 * @throws {Damaged} when that is before the first size.
 * @throws {Error} for another kind of file, or a larger picture.
 */
export function readFile(bytes, most) {
  if (!isPicture(bytes)) {
    throw new Error(`expected a .svae file, got ${isArchive(bytes) ? "an archive of many" : "another file"}`);
  }
  const source = new Source(bytes);
  source.take(PICTURE.length);
  const version = source.byte();
  if (version !== VERSION) throw new Error(`expected a .svae file of version ${VERSION}, got ${version}`);
  const head = readHead(source, most);
  const needs = head.stored ? null : readNeeds(source);
  source.check("the head of a file");
  const file = { head, needs, colour: [], alpha: [], stored: null, checksum: null, problem: null };
  try {
    readSections(source, file);
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    const whole = head.alpha ? file.alpha.length : file.colour.length;
    if (!whole && !file.stored) throw error;
    file.colour.length = whole;
    file.problem = error.message;
  }
  return file;
}

function readHead(source, most) {
  const flags = source.byte();
  const mode = MODES[flags & 7];
  const [width, height] = [source.number(SIDE, "a width"), source.number(SIDE, "a height")];
  const [grey, opaque, metadata, stored, lossy] = [8, 16, 32, 64, 128].map((bit) => Boolean(flags & bit));
  const leftOut = lossy ? source.byte() & 0x7f : 0;
  const wrong = !mode || !width || !height || (grey && !mode.startsWith("RGB")) || (opaque && !mode.endsWith("A"));
  if (wrong || (lossy && (!leftOut || stored))) {
    throw new Damaged("the head of a picture was changed: it says what no picture is");
  }
  if (width * height > most) throw new Error(`expected a picture of at most ${most} pixels, got ${width}x${height}`);
  const colours = mode.startsWith("RGB") && !grey ? 3 : 1;
  return { mode, width, height, colours, alpha: mode.endsWith("A") && !opaque, metadata, stored, leftOut };
}

function readNeeds(source) {
  const hash = source.take(8);
  const length = source.byte();
  const name = source.take(length);
  if (length > 32 || name.some((byte) => byte > 127)) {
    throw new Damaged("the head of a file was changed: it names no codec model");
  }
  return { hash, name: String.fromCharCode(...name) };
}

function readSections(source, file) {
  const { head } = file;
  const count = rungs(head.height, head.width).length;
  if (head.leftOut >= count) {
    throw new Damaged("the head of a picture was changed: it leaves out more levels than there are");
  }
  if (head.metadata) section(source, [METADATA], MOST_METADATA, "what goes with the pixels");
  const largest = 4096 + 40 * head.width * head.height * (head.colours + (head.alpha ? 1 : 0));
  if (head.stored) {
    const { kind, payload } = section(source, [FILE, FILE + 1], largest, "the stored picture");
    file.stored = { type: STORED[kind - FILE], bytes: payload };
  }
  for (let rung = 0; !head.stored && rung < count - head.leftOut; rung++) {
    const what = `the section of level ${count - 1 - rung}`;
    file.colour.push(section(source, [COLOUR + rung], largest, what).payload);
    if (head.alpha) file.alpha.push(section(source, [ALPHA + rung], largest, what).payload);
  }
  file.checksum = source.checksum();
  if (!source.isAtEnd) throw new Damaged("more follows than a picture has");
}

function section(source, kinds, most, what) {
  const kind = source.byte();
  if (!kinds.includes(kind)) throw new Damaged(`${what} was changed: it is another section`);
  const payload = source.take(source.number(most, `a length of ${what}`));
  source.check(what);
  return { kind, payload };
}
