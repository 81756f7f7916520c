// What a part's network reads of the bands before it.

import { KNOWN } from "./networks.js";

/**
 * @param {Networks} networks
 * @param {number} part band * phases + phase.
 * @param {Int16Array[]} bands three, [rows, columns, channels] of the whole grid.
 * @param {{row, column, rows, columns}} window of the grid, whose upper left is that of a cell.
 * @param {number} width columns of the grid.
 * @return {?Float32Array} [rows, columns, Level.known(part)]; null where that is nothing.
 */
export function knownBefore({ level, grid }, part, bands, window, width) {
  const count = level.known(part);
  if (!count) return null;
  const { channels } = level;
  const phase = part % level.phases;
  const whole = bands.slice(0, Math.floor(part / level.phases));
  const own = phase ? bands[whole.length] : null;
  const known = new Float32Array(window.rows * window.columns * count);
  for (let row = 0, to = 0; row < window.rows; row++) {
    for (let column = 0; column < window.columns; column++, to += count) {
      const from = ((window.row + row) * width + window.column + column) * channels;
      whole.forEach((band, i) => {
        for (let c = 0; c < channels; c++) known[to + i * channels + c] = band[from + c];
      });
      if (own && grid.at(row, column) < phase) {
        for (let c = 0; c < channels; c++) known[to + whole.length * channels + c] = own[from + c];
        known[to + count - 1] = KNOWN;
      }
    }
  }
  return known;
}
