// A level's networks of integers: float32 holds every partial sum, so that it is the same whoever computes it.

import * as tf from "@tensorflow/tfjs-core";
import { Phases } from "./phases.js";

export const KNOWN = 32; // what marks a known place
const ACTIVATION = 511;
const STREAM = 2 ** 15 - 1;
const PICTURE = 255;
const BAND = 510;
const EXACT = 2 ** 24;
const LOGIT = 511;
const LOCATION = 16 * 1023;
const LOG_SCALES = [-96, 192];
const COEFFICIENT = 256;

/** What a level's networks look like: channels, width, trunk, band, mixtures and phases, as a `.svcm` names them. */
export class Level {
  constructor(numbers) {
    Object.assign(this, numbers);
    const { channels, mixtures } = this;
    this.parts = 3 * this.phases;
    this.reach = 2 + 2 * this.trunk + 2 * this.band; // places around one that its distribution reads
    this.sizes = [1, channels, channels, (channels * (channels - 1)) / 2].map((count) => count * mixtures);
    this.outputs = this.sizes.reduce((a, b) => a + b);
  }

  /** How many channels a part's network reads of the bands before it. */
  known(part) {
    return Math.floor(part / this.phases) * this.channels + (part % this.phases ? this.channels + 1 : 0);
  }

  /** [name, kernel's shape, greatest absolute value that it reads] of each convolution, in the order of the file. */
  convolutions() {
    const blocks = (stack, count) =>
      range(count).flatMap((i) => ["first", "second"].map((half) => [`${stack}/block${i}/${half}`, wide, ACTIVATION]));
    const wide = [3, 3, this.width, this.width];
    const parts = range(this.parts).flatMap((part) => [
      ...(part ? [[`part${part}/known`, [3, 3, this.known(part), this.width], BAND]] : []),
      ...blocks(`part${part}`, this.band),
      [`part${part}/head`, [1, 1, this.width, this.outputs], ACTIVATION],
    ]);
    return [["trunk/widen", [3, 3, this.channels, this.width], PICTURE], ...blocks("trunk", this.trunk), ...parts];
  }

  /** Where the sum of residual blocks is brought to activations, in the order of the file. */
  entries() {
    const blocks = (stack, count) => range(count).map((i) => `${stack}/block${i}/in`);
    const parts = range(this.parts).flatMap((n) => [...blocks(`part${n}`, this.band), `part${n}/head/in`]);
    return [...blocks("trunk", this.trunk), ...parts];
  }
}

const range = (count) => [...Array(count).keys()];

export class Networks {
  /**
   * @param {Level} level
   * @param {Object<string, {kernel: Int8Array, shape: number[], bias: Int32Array, shift: Uint8Array}>} convolutions
   * @param {Object<string, number[]>} entries factor and shift of each.
   * @throws {Error} where a sum could leave the integers that float32 holds.
   */
  constructor(level, convolutions, entries) {
    Object.assign(this, { level, entries });
    this.grid = new Phases(level.phases);
    for (const [name, , most] of level.convolutions()) {
      if (largestSum(convolutions[name], most) >= EXACT) {
        throw new Error(`codec model: the sums of ${name} could reach 2^24, where float32 is no longer exact`);
      }
    }
    const filled = (values) => tf.tensor1d(level.sizes.flatMap((size, i) => Array(size).fill(values[i])));
    this.least = filled([-LOGIT, -LOCATION, LOG_SCALES[0], -COEFFICIENT]);
    this.most = filled([LOGIT, LOCATION, LOG_SCALES[1], COEFFICIENT]);
    this.tensors = {};
    for (const [name, { kernel, shape, bias, shift }] of Object.entries(convolutions)) {
      // Each output's division by a power of two, taken into its kernel, leaves all sums as exact as they were.
      const units = Float32Array.from(shift, (by) => 2 ** -by);
      const scaled = (numbers) => Float32Array.from(numbers).map((number, i) => number * units[i % units.length]);
      this.tensors[name] = { filter: tf.tensor4d(scaled(kernel), shape), bias: tf.tensor1d(scaled(bias)) };
    }
  }

  dispose() {
    tf.dispose([this.tensors, this.least, this.most]);
  }

  /** The trunk's sum of a coarser picture, given as float32 [h, w, channels]; the caller disposes of it. */
  context(picture, rows, columns) {
    return tf.tidy(() => {
      const scaled = tf.sub(tf.mul(tf.tensor4d(picture, [1, rows, columns, this.level.channels]), 2), 255);
      return this.blocks("trunk", this.level.trunk, stream(this.convolve("trunk/widen", scaled)));
    });
  }

  /**
   * A part's outputs at the places that it draws.
   *
   * @param {number} part its number, band * phases + phase.
   * @param {tf.Tensor4D} context what `context` gave.
   * @param {?Float32Array} known [h, w, Level.known(part)].
   * @return {Promise<Float32Array[]>} of each of the phase's places in a cell, those of all cells.
   */
  async part(part, context, known) {
    const outputs = tf.tidy(() => this.drawn(part, context, known));
    try {
      return await Promise.all(outputs.map((tensor) => (tensor ? tensor.data() : new Float32Array(0))));
    } finally {
      tf.dispose(outputs);
    }
  }

  drawn(part, context, known) {
    const name = `part${part}`;
    const { level, grid } = this;
    const [, rows, columns] = context.shape;
    let sum = context;
    if (part) {
      const read = tf.tensor4d(known, [1, rows, columns, level.known(part)]);
      sum = stream(tf.add(sum, this.convolve(`${name}/known`, read)));
    }
    const last = level.band - 1;
    sum = this.blocks(name, last, sum);
    // Of the last convolution and the head only what the phase draws is computed.
    const inside = tf.pad(this.inner(`${name}/block${last}`, sum), [[0, 0], [1, 1], [1, 1], [0, 0]]);
    const [high, wide] = [rows, columns].map((side) => Math.ceil(side / grid.cell));
    // Cells side by side: strided slices take four times as long as what they are for.
    const padded = tf.pad(sum, [[0, 0], [0, high * grid.cell - rows], [0, wide * grid.cell - columns], [0, 0]]);
    const cells = tf.reshape(padded, [high, grid.cell, wide, grid.cell * level.width]);
    return grid.places[part % level.phases].map(([row, column]) => {
      if (row >= rows || column >= columns) return null;
      const from = tf.slice(inside, [0, row, column, 0]);
      const added = this.convolve(`${name}/block${last}/second`, from, grid.cell);
      const [, down, across] = added.shape;
      const here = tf.slice(cells, [0, row, 0, column * level.width], [down, 1, across, level.width]);
      const entered = this.enter(`${name}/head/in`, stream(tf.add(tf.reshape(here, added.shape), added)));
      return tf.minimum(tf.maximum(this.convolve(`${name}/head`, entered), this.least), this.most);
    });
  }

  blocks(stack, count, sum) {
    for (let i = 0; i < count; i++) {
      const name = `${stack}/block${i}`;
      sum = stream(tf.add(sum, this.convolve(`${name}/second`, this.inner(name, sum))));
    }
    return sum;
  }

  inner(name, sum) {
    return tf.clipByValue(this.convolve(`${name}/first`, this.enter(`${name}/in`, sum)), 0, ACTIVATION);
  }

  convolve(name, x, step = null) {
    const { filter, bias } = this.tensors[name];
    return tf.floor(tf.fused.conv2d({ x, filter, bias, strides: step ?? 1, pad: step ? "valid" : "same" }));
  }

  enter(name, sum) {
    const [factor, shift] = this.entries[name];
    // What is negative is clipped to 0 in the end.
    return tf.clipByValue(tf.floor(tf.add(tf.mul(sum, factor * 2 ** -shift), 0.5)), 0, ACTIVATION);
  }
}

const stream = (values) => tf.clipByValue(values, -STREAM, STREAM);

function largestSum({ kernel, bias }, most) {
  const sums = new Float64Array(bias.length);
  for (let i = 0; i < kernel.length; i++) sums[i % sums.length] += Math.abs(kernel[i]);
  return sums.reduce((largest, sum, i) => Math.max(largest, sum * most + Math.abs(bias[i])), 0);
}
