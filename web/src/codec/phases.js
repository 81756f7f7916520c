// Phases: the places of a band's grid in groups that are drawn one after another, each given those before it.

const ORDER = [[0, 0], [1, 1], [0, 1], [1, 0]]; // of the places of a cell of 2x2

export class Phases {
  /** @param {number} count 1, 2, 4, 8 or 16. */
  constructor(count) {
    this.cell = 1;
    let order = [[0, 0]];
    while (order.length < count) {
      order = ORDER.flatMap(([r, c]) => order.map(([row, column]) => [2 * row + r, 2 * column + c]));
      this.cell *= 2;
    }
    const size = order.length / count;
    /** Of each phase, the [row, column] of its places in a cell. */
    this.places = Array.from({ length: count }, (_, phase) => order.slice(phase * size, (phase + 1) * size));
    this.phaseOf = new Uint8Array(this.cell * this.cell);
    this.places.forEach((places, phase) => places.forEach(([r, c]) => (this.phaseOf[r * this.cell + c] = phase)));
  }

  /** The phase that draws a place of a grid. */
  at(row, column) {
    return this.phaseOf[(row % this.cell) * this.cell + (column % this.cell)];
  }
}
