// The ladder: from the 1x1 picture to one of twice the size, again and again, each rung a payload of bits.

import { interval, join } from "./intervals.js";
import { knownBefore } from "./known.js";
import { Mixture } from "./mixture.js";
import { RangeDecoder } from "./range.js";
import { Damaged } from "./stream.js";

const TOP = 16; // the larger side of the coarsest picture that has a payload of its own
const BLOCK = 256; // rows and columns of the coarser picture that are coded together
const KEPT = 2 ** 26; // numbers of the trunk's sums that are kept between parts

function sizesOf(height, width) {
  const sizes = [[height, width]];
  while (sizes[0][0] > 1 || sizes[0][1] > 1) sizes.unshift(sizes[0].map((side) => Math.ceil(side / 2)));
  return sizes;
}

/** The [height, width] of a picture's rungs, coarse to fine: each has a payload. */
export function rungs(height, width) {
  const sizes = sizesOf(height, width);
  return sizes.slice(sizes.filter((size) => Math.max(...size) <= TOP).length - 1);
}

/**
 * Decode planes, rung by rung.
 *
 * @param {CodecModel} model
 * @param {{height: number, width: number, channels: number}} shape of the picture that was coded.
 * @param {Uint8Array[]} payloads the first ones, coarse to fine.
 * @param {function(number)} report is told, again and again, which share of a size is done.
 * @return {AsyncGenerator<{height, width, channels, data: Uint8Array}>} the picture of each rung.
 * @throws {Damaged} when a payload holds what no picture's does.
 */
export async function* decode(model, { height, width, channels }, payloads, report = () => {}) {
  if (channels !== 1 && channels !== model.channels) {
    throw new Error(`model: ${model.name} codes pictures of ${model.channels} channels or of 1, got ${channels}`);
  }
  if (payloads[0].length < channels) throw new Damaged("payload: its first bytes are missing");
  const sizes = sizesOf(height, width);
  const first = sizes.length - rungs(height, width).length; // the top's index
  let picture = { height: 1, width: 1, channels, data: payloads[0].slice(0, channels) };
  for (const [rung, payload] of payloads.entries()) {
    const decoder = new RangeDecoder(rung ? payload : payload.subarray(channels));
    for (let i = rung ? first + rung : 1; i <= first + rung; i++) {
      picture = await climb(model, sizes.length - 1 - i, picture, ...sizes[i], decoder, report);
    }
    decoder.close();
    yield picture;
  }
}

async function climb(model, halving, coarser, height, width, decoder, report) {
  const networks = model.at(halving);
  const { level, grid } = networks;
  const { height: rows, width: columns, channels } = coarser;
  const read = channels === level.channels ? coarser.data : spread(coarser.data, level.channels);
  const bands = Array.from({ length: 3 }, () => new Int16Array(read.length));
  const [lastRow, lastColumn] = [height % 2 ? rows - 1 : -1, width % 2 ? columns - 1 : -1];
  const tiles = tilesOf(networks, read, rows, columns);
  try {
    for (let part = 0; part < level.parts; part++) {
      const band = Math.floor(part / level.phases);
      for (const [i, tile] of tiles.entries()) {
        report((part + i / tiles.length) / level.parts);
        const places = tile.places(grid, part % level.phases);
        if (!places.length) continue;
        const outputs = await tile.outputs(part, bands, places);
        const mixture = new Mixture(outputs, level, model.tables);
        for (let channel = 0; channel < channels; channel++) {
          const low = new Float64Array(places.length);
          const high = new Float64Array(places.length);
          places.forEach(({ row, column }, n) => {
            // The last row or column of a picture with an odd side was doubled: there is no difference.
            const isFixed = (band !== 1 && column === lastColumn) || (band !== 0 && row === lastRow);
            const at = (row * columns + column) * level.channels + channel;
            const [least, most] = isFixed ? [0, 0] : interval(band, read[at], bands[0][at], bands[1][at]);
            [low[n], high[n]] = [least, most + 1];
          });
          const values = mixture.channel(low, high, decoder);
          places.forEach(({ row, column }, n) => {
            const at = (row * columns + column) * level.channels + channel;
            bands[band].fill(values[n], at, at + level.channels / channels); // grey is alike in all
          });
        }
      }
    }
  } finally {
    for (const tile of tiles) tile.dispose();
  }
  return join(coarser, bands, level.channels, height, width);
}

function spread(data, channels) {
  const all = new Uint8Array(data.length * channels);
  for (let i = 0; i < all.length; i++) all[i] = data[Math.floor(i / channels)];
  return all;
}

function tilesOf(networks, read, rows, columns) {
  const keep = rows * columns * networks.level.width <= KEPT;
  const tiles = [];
  for (let row = 0; row < rows; row += BLOCK) {
    for (let column = 0; column < columns; column += BLOCK) {
      tiles.push(new Tile(networks, read, [rows, columns], [row, column], keep));
    }
  }
  return tiles;
}

// A block with the places around it that its distributions read, inside the picture.
class Tile {
  constructor(networks, read, sides, starts, keep) {
    Object.assign(this, { networks, read, sides, starts, keep, context: null });
    const { reach } = networks.level;
    const { cell } = networks.grid;
    this.ends = starts.map((start, i) => Math.min(start + BLOCK, sides[i]));
    const [row, column] = starts.map((start) => Math.floor(Math.max(start - reach, 0) / cell) * cell); // a cell's own
    const [below, right] = this.ends.map((end, i) => Math.min(end + reach, sides[i]));
    this.window = { row, column, rows: below - row, columns: right - column };
  }

  /** The block's places that a phase draws, in raster order. */
  places(grid, phase) {
    const places = [];
    for (let row = this.starts[0]; row < this.ends[0]; row++) {
      for (let column = this.starts[1]; column < this.ends[1]; column++) {
        if (grid.at(row, column) === phase) places.push({ row, column });
      }
    }
    return places;
  }

  /** A part's outputs at places, one after another. */
  async outputs(part, bands, places) {
    const { networks, window } = this;
    const { level, grid } = networks;
    this.context ??= networks.context(this.picture(), window.rows, window.columns);
    const known = knownBefore(networks, part, bands, window, this.sides[1]);
    const drawn = await networks.part(part, this.context, known);
    if (!this.keep) this.dispose();
    const cells = grid.places[part % level.phases];
    const outputs = new Float32Array(places.length * level.outputs);
    places.forEach(({ row, column }, i) => {
      const [down, across] = [row - window.row, column - window.column];
      const [r, c] = [down % grid.cell, across % grid.cell];
      const n = cells.findIndex(([a, b]) => a === r && b === c);
      const width = Math.ceil((window.columns - c) / grid.cell);
      const from = ((down - r) / grid.cell * width + (across - c) / grid.cell) * level.outputs;
      outputs.set(drawn[n].subarray(from, from + level.outputs), i * level.outputs);
    });
    return outputs;
  }

  picture() {
    const { window, read, sides } = this;
    const { channels } = this.networks.level;
    const picture = new Float32Array(window.rows * window.columns * channels);
    for (let row = 0; row < window.rows; row++) {
      const from = ((window.row + row) * sides[1] + window.column) * channels;
      picture.set(read.subarray(from, from + window.columns * channels), row * window.columns * channels);
    }
    return picture;
  }

  dispose() {
    this.context?.dispose();
    this.context = null;
  }
}
