// A picture pixel by pixel, by a causal transformer: tf_selfvae/export/tfjs_pixels.py says what it reads. It
// computes in a WebAssembly module of its own (pixels.ts), whatever the backend: a pixel's operations are many and
// small, and most of a backend's time was lost between them.

import { unpackWeights } from "./weights.js";

const GROUP = 4; // pictures that are drawn together, each weight read once for all
const PAGE = 2 ** 16; // bytes; what lies in the memory's first page is the module's own
const MIDDLE = 127.5; // of the grey levels

export class Pixels {
  /**
   * @param {ArrayBuffer} module the content of `pixels.wasm`.
   * @param {ArrayBuffer} packed the content of the graph's `weights.bin`.
   * @param {object} loop from the manifest: tf_selfvae.export.tfjs_pixels.Loop.
   */
  static async load(module, packed, loop) {
    const weights = new Float32Array(await unpackWeights(packed));
    if (!WebAssembly.validate(module)) {
      throw new Error("This model needs a browser whose WebAssembly has vectors; all have had them since 2023.");
    }
    const { instance } = await WebAssembly.instantiate(module);
    return new Pixels(instance.exports, weights, loop);
  }

  constructor(exports, weights, loop) {
    Object.assign(this, { exports, loop });
    const { rows, columns, channels, mixtures, width, blocks, heads, size } = loop;
    const [places, all] = [rows * columns, heads * size];
    const parameters = mixtures * (1 + 2 * channels + (channels * (channels - 1)) / 2);
    let end = PAGE;
    const room = (count) => (end += 4 * count) - 4 * count;
    const layer = (inputs, outputs) => ({ kernel: room(inputs * outputs), bias: room(outputs), inputs, outputs });
    // The weights, in the order of their file.
    this.embed = layer(2 * channels, width);
    this.positions = room(places * width);
    this.blocks = Array.from({ length: blocks }, () => ({
      attend: layer(width, 3 * all),
      mix: layer(all, width),
      widen: layer(width, 4 * width),
      narrow: layer(4 * width, width),
    }));
    this.head = layer(width, Math.ceil(parameters / 8) * 8);
    if (end !== PAGE + weights.byteLength) throw new Error("A file of the model's weights is of another model.");
    // What is computed, and what is remembered of earlier places.
    this.read = room(GROUP * 2 * channels);
    this.stream = room(GROUP * width);
    this.inner = room(GROUP * width);
    this.wide = room(GROUP * 4 * width);
    this.parts = room(GROUP * 3 * all);
    this.mixed = room(GROUP * all);
    this.scores = room(places + 3); // a vector of four may reach beyond the last
    this.parameters = room(GROUP * this.head.outputs);
    for (const block of this.blocks) {
      block.keys = room(GROUP * all * places);
      block.values = room(GROUP * all * places);
    }
    const { memory } = exports;
    memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
    this.floats = new Float32Array(memory.buffer);
    this.floats.set(weights, PAGE / 4);
  }

  /**
   * Draw pictures whose pixels each depend on all before them.
   *
   * @param {object[]} draws of noise, as in the manifest: each component's at every place, each channel's.
   * @param {{rows: Array, draw: function}} noise
   * @param {number} temperature
   * @param {function(Float32Array, number)} report gets the output and how many of its pictures are there, as they
   *     come; it may return a promise.
   * @return {Promise<Float32Array>} [rows of the noise, pixels, value and unrounded value].
   */
  async draw(draws, noise, temperature, report) {
    const { rows, columns, channels, mixtures } = this.loop;
    const [components, values] = draws.map((draw) => noise.draw(draw).map((drawn) => temperature * drawn));
    const places = rows * columns;
    const count = noise.rows.length;
    const output = new Float32Array(count * places * 2 * channels);
    for (let first = 0; first < count; first += GROUP) {
      const group = Math.min(GROUP, count - first);
      for (let place = 0; place < places; place++) {
        this.readBefore(output, first, group, place);
        this.step(place);
        for (let row = 0; row < group; row++) {
          const at = (first + row) * places + place;
          const component = components.subarray(at * mixtures, (at + 1) * mixtures);
          const value = values.subarray(at * channels, (at + 1) * channels);
          const parameters = this.floats.subarray(this.parameters / 4 + row * this.head.outputs);
          choose(parameters, component, value, output.subarray(2 * at * channels, 2 * (at + 1) * channels));
        }
      }
      await report(output, first + group);
    }
    return output;
  }

  // What a place's features are made from: the pixel before it and the one above, in -1..1, and 0 outside.
  readBefore(output, first, group, place) {
    const { rows, columns, channels } = this.loop;
    for (let row = 0; row < group; row++) {
      [1, columns].forEach((back, i) => {
        const to = this.read / 4 + (2 * row + i) * channels;
        const from = ((first + row) * rows * columns + place - back) * 2 * channels;
        for (let c = 0; c < channels; c++) this.floats[to + c] = place < back ? 0 : output[from + c] / MIDDLE - 1;
      });
    }
  }

  // One place of a group: from what is read there to the parameters of its distribution.
  step(place) {
    const { dense, normalise, squaredRelu, add, attend } = this.exports;
    const { rows, columns, features, width, heads, size } = this.loop;
    const { stream, inner, wide, parts, mixed, scores, floats } = this;
    const apply = (x, { kernel, bias, inputs, outputs }, y) => dense(x, kernel, bias, y, GROUP, inputs, outputs);
    apply(this.read, this.embed, stream);
    for (let row = 0; row < GROUP; row++) add(stream + 4 * row * width, this.positions + 4 * place * width, width);
    for (const block of this.blocks) {
      normalise(stream, inner, GROUP, width, features);
      apply(inner, block.attend, parts);
      attend(parts, block.keys, block.values, scores, mixed, GROUP, heads, size, place, rows * columns);
      apply(mixed, block.mix, inner);
      add(stream, inner, GROUP * width);
      normalise(stream, inner, GROUP, width, features);
      apply(inner, block.widen, wide);
      squaredRelu(wide, GROUP * 4 * width);
      apply(wide, block.narrow, inner);
      add(stream, inner, GROUP * width);
    }
    const end = stream / 4 + GROUP * width;
    for (let i = stream / 4; i < end; i++) if (floats[i] < 0) floats[i] = Math.expm1(floats[i]); // ELU
    apply(stream, this.head, this.parameters);
  }
}

// DiscretizedLogisticMixture.sample_from_noise: a pixel and what it was before rounding, from a mixture's parameters
// (logits, locations, log-scales, coefficients) and noise.
function choose(parameters, component, value, output) {
  const [mixtures, channels] = [component.length, value.length];
  let best = 0;
  for (let i = 1; i < mixtures; i++) {
    if (parameters[i] + component[i] > parameters[best] + component[best]) best = i;
  }
  const picked = (index) => parameters[mixtures * (1 + index) + best];
  for (let c = 0, pair = 0; c < channels; c++) {
    let location = picked(c);
    for (let j = 0; j < c; j++) location += Math.tanh(picked(2 * channels + pair++)) * (output[j] - MIDDLE);
    const scale = Math.exp(Math.min(Math.max(picked(channels + c), -3), 6));
    const drawn = Math.min(Math.max(location + scale * value[c], 0), 255);
    output[channels + c] = drawn;
    output[c] = Math.floor(drawn + 0.5);
  }
}
