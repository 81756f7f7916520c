// A codec model, a `.svcm` file: integer networks and tables (docs/format.md).

import * as tf from "@tensorflow/tfjs-core";
import { crc32, hex, sha256 } from "./checksums.js";
import { CODEC_MODEL, isCodecModel } from "./kinds.js";
import { knownBefore } from "./known.js";
import { TABLES } from "./mixture.js";
import { Level, Networks } from "./networks.js";

const LARGEST = 64 * 2 ** 20; // bytes of a file
const COUNTS = { channels: 3, width: 1024, trunk: 64, band: 64, mixtures: 64, phases: 16 }; // the most of each
const SIDE = 2 ** 14; // the greatest of the pictures that it was trained on
const CONVOLUTIONS = 1024; // of all levels: a small file may claim many, and each takes its time however small it is
const SHIFT = 24; // the greatest of a convolution, whose sums are below 2^24
const ENTRY_SHIFT = 15;

/** What a compressed picture says that it needs: 8 bytes as hexadecimal digits. */
export const hashOf = (bytes) => hex(sha256(bytes).subarray(0, 8));

export class CodecModel {
  /**
   * Read a `.svcm`, and compute its known answer on the backend that has been started.
   *
   * @param {Uint8Array} bytes
   * @return {Promise<CodecModel>}
   * @throws {Error} when it is none, is damaged, or the backend computes its networks inexactly.
   */
  static async load(bytes) {
    const model = new CodecModel(bytes);
    if ((await model.answer()) !== model.header.answer) {
      model.dispose();
      throw new Error(
        `codec model: ${tf.getBackend()} computes ${model.name} inexactly here (a device of reduced precision?): ` +
          "its files would not decode",
      );
    }
    return model;
  }

  constructor(bytes) {
    if (!isCodecModel(bytes) || bytes.length < 9 || bytes.length > LARGEST) {
      throw new Error("codec model: expected a .svcm file of version 1, got something else");
    }
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(CODEC_MODEL.length, true);
    this.header = readHeader(bytes.subarray(9, 9 + length), length);
    this.name = this.header.name;
    this.hash = hashOf(bytes);
    const levels = this.header.levels.map((numbers) => new Level(numbers));
    this.channels = levels[0].channels;
    const count = levels.reduce((sum, level) => sum + level.convolutions().length, 0);
    if (count > CONVOLUTIONS) {
      throw new Error(`codec model: expected at most ${CONVOLUTIONS} convolutions, got ${count}`);
    }
    const read = new Reader(bytes.subarray(9 + length));
    const tables = Object.values(TABLES).reduce((sum, { size }) => sum + 4 * size, 0);
    const expected = levels.reduce((sum, level) => sum + sizeOf(level), tables);
    if (read.bytes.length !== expected) {
      throw new Error(`codec model: expected ${expected} bytes behind its header, got ${read.bytes.length}`);
    }
    this.tables = Object.fromEntries(Object.entries(TABLES).map(([name, { size }]) => [name, read.int32(size)]));
    checkTables(this.tables);
    const numbers = levels.map((level) => numbersOf(level, read)); // all are right before any is made a tensor
    this.networks = numbers.map(([level, convolutions, entries]) => new Networks(level, convolutions, entries));
  }

  /** The networks of a halving, 0 for the picture's own. */
  at(halving) {
    return this.networks[Math.min(halving, this.networks.length - 1)];
  }

  dispose() {
    for (const networks of this.networks) networks.dispose();
  }

  // The CRC-32 of all networks' outputs for known inputs.
  async answer() {
    const [rows, columns] = [12, 10];
    const whole = { row: 0, column: 0, rows, columns };
    let value = 0;
    for (const networks of this.networks) {
      const { level } = networks;
      const count = rows * columns * level.channels;
      const [picture, ...bands] = [0, 1, 2, 3].map((seed) => scattered(count, seed));
      const read = bands.map((band) => Int16Array.from(band, (byte) => Math.floor((byte - 128) / 4)));
      const context = networks.context(Float32Array.from(picture), rows, columns);
      for (let part = 0; part < level.parts; part++) {
        const outputs = await networks.part(part, context, knownBefore(networks, part, read, whole, columns));
        for (const numbers of outputs) value = crc32(new Uint8Array(Int32Array.from(numbers).buffer), value);
      }
      context.dispose();
    }
    return value;
  }
}

const product = (shape) => shape.reduce((a, b) => a * b, 1);
const scattered = (count, seed) =>
  Uint8Array.from({ length: count }, (_, i) => Math.imul(i + 1 + 1000 * seed, 2654435761) >>> 24);

function sizeOf(level) {
  const numbers = level.convolutions().map(([, shape]) => product(shape) + 5 * shape[3]);
  return numbers.reduce((a, b) => a + b, 2 * level.entries().length);
}

function numbersOf(level, read) {
  const entries = Object.fromEntries(level.entries().map((name) => [name, [...read.take(2)]]));
  for (const [name, [, shift]] of Object.entries(entries)) {
    if (shift > ENTRY_SHIFT) throw new Error(`codec model: the shift of ${name} leaves its range`);
  }
  const convolutions = {};
  for (const [name, shape] of level.convolutions()) {
    const kernel = Int8Array.from(read.take(product(shape)));
    convolutions[name] = { kernel, shape, bias: read.int32(shape[3]), shift: read.take(shape[3]) };
    if (convolutions[name].shift.some((by) => by > SHIFT)) {
      throw new Error(`codec model: a shift of ${name} leaves its range`);
    }
  }
  return [level, convolutions, entries];
}

function checkTables(tables) {
  for (const [name, { largest }] of Object.entries(TABLES)) {
    if (tables[name].some((value) => Math.abs(value) > largest)) {
      throw new Error(`codec model: its table ${name} leaves its range`);
    }
  }
  const { logistic, exponential, inverse_scale } = tables;
  const falls = logistic.some((value, i) => value < (i ? logistic[i - 1] : 0));
  if (falls || inverse_scale.some((value) => value < 1)) {
    throw new Error("codec model: its tables are no distribution functions");
  }
  if (exponential[0] !== TABLES.exponential.largest || exponential.some((value) => value < 0)) {
    throw new Error("codec model: its table exponential doesn't begin at 1");
  }
}

function readHeader(bytes, length) {
  let header = null;
  if (length === bytes.length && length <= 2 ** 16) {
    try {
      header = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      // told below
    }
  }
  const isCount = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;
  const isLevel = (level) =>
    Object.entries(COUNTS).every(([name, most]) => isCount(level?.[name], most) && (level[name] || name === "trunk")) &&
    [1, 2, 4, 8, 16].includes(level.phases);
  const { name, image, levels, answer } = header ?? {};
  const isSide = (value) => isCount(value, SIDE) && value > 0;
  const named = /^[A-Za-z0-9._-]{1,32}$/.test(name);
  const right = Array.isArray(levels) && levels.length >= 1 && levels.length <= 8 && levels.every(isLevel);
  const sized = Array.isArray(image) && image.length === 2 && image.every(isSide);
  if (!named || !sized || !right || !isCount(answer, 2 ** 32 - 1)) {
    throw new Error("codec model: its header is cut off or damaged");
  }
  return header;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(count) {
    return this.bytes.subarray(this.at, (this.at += count));
  }

  int32(count) {
    const taken = this.take(4 * count);
    const view = new DataView(taken.buffer, taken.byteOffset);
    return Int32Array.from({ length: count }, (_, i) => view.getInt32(4 * i, true));
  }
}
