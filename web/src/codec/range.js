// The range decoder of decisions: 64 bits, of which JavaScript's numbers hold two halves of 32.

import { Damaged } from "./stream.js";

const HALF = 2 ** 32;
const ONE = 2 ** 24;

export class RangeDecoder {
  /** @param {Uint8Array} payload words of 32 bits, little-endian; behind its end are zeros. */
  constructor(payload) {
    this.payload = payload;
    this.at = 0;
    // The point, less the low end of the range, and the range.
    this.high = this.word();
    this.low = this.word();
    this.rangeHigh = this.rangeLow = HALF - 1;
  }

  word() {
    let value = 0;
    for (let place = 0; place < 4; place++) value += (this.payload[this.at++] ?? 0) * 2 ** (8 * place);
    return value;
  }

  /**
   * @param {number} likely how likely "below" is, of 2^24.
   * @return {boolean} whether it is "below".
   */
  below(likely) {
    const cut = 1 + Math.floor(((ONE - likely) * (ONE - 2)) / ONE); // what is not below comes first
    // The scale, range / 2^24, has 40 bits: 24 and those above.
    const scaleHigh = Math.floor(this.rangeHigh / 2 ** 16);
    const scaleLow = (this.rangeHigh % 2 ** 16) * 2 ** 8 + Math.floor(this.rangeLow / ONE);
    const [endHigh, endLow] = product(scaleHigh, scaleLow, ONE);
    if (!this.less(endHigh, endLow)) throw new Damaged("payload: holds what no picture's does");
    const [high, low] = product(scaleHigh, scaleLow, cut);
    const isBelow = !this.less(high, low);
    if (isBelow) {
      this.high -= high;
      this.low -= low;
      if (this.low < 0) {
        this.low += HALF;
        this.high -= 1;
      }
    }
    [this.rangeHigh, this.rangeLow] = product(scaleHigh, scaleLow, isBelow ? ONE - cut : cut);
    if (this.rangeHigh === 0) {
      this.rangeHigh = this.rangeLow;
      this.rangeLow = 0;
      this.high = this.low;
      this.low = this.word();
    }
    return isBelow;
  }

  less(high, low) {
    return this.high < high || (this.high === high && this.low < low);
  }

  /** Refuse a payload that holds more than was asked for: its last word lies just above the range's low end. */
  close() {
    const isFresh = this.rangeHigh === HALF - 1 && this.rangeLow === HALF - 1;
    const isNear = isFresh || this.less(1, HALF - 1);
    if (this.at < this.payload.length || !isNear) throw new Damaged("payload: is longer than its picture's");
  }
}

// (high 2^24 + low) factor as halves of 32 bits; high, low and factor are at most 2^24.
function product(high, low, factor) {
  const upper = high * factor;
  const lower = (upper % 2 ** 8) * ONE + low * factor;
  return [Math.floor(upper / 2 ** 8) + Math.floor(lower / HALF), lower % HALF];
}
