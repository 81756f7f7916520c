// Bytes of a compressed file: whole numbers, exact lengths and a checksum of all that came before.

import { crc32 } from "./checksums.js";

/** A compressed file was cut or changed: the message says where. */
export class Damaged extends Error {}

export class Source {
  /** @param {Uint8Array} bytes of the file. */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.sum = 0;
  }

  /** The next `count` bytes. */
  take(count) {
    const left = this.bytes.length - this.at;
    if (count > left) throw new Damaged(`the file ends ${count - left} bytes early`);
    const taken = this.bytes.subarray(this.at, (this.at += count));
    this.sum = crc32(taken, this.sum);
    return taken;
  }

  byte() {
    return this.take(1)[0];
  }

  /** The next 4 bytes as a whole number; they count as a checksum, which the next one leaves out. */
  checksum() {
    const before = this.sum;
    const [a, b, c, d] = this.take(4);
    this.sum = before;
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  }

  /** The next varint, at most `most`; `what` it is, for the error. */
  number(most, what) {
    for (let value = 0, place = 0; place < 5; place++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) {
        if (value > most || (place && !byte)) break;
        return value;
      }
    }
    throw new Damaged(`expected ${what} of at most ${most}, got another number`);
  }

  check(what) {
    const expected = this.sum;
    if (this.checksum() !== expected) throw new Damaged(`${what} was changed: its checksum is another one`);
  }

  get isAtEnd() {
    return this.at === this.bytes.length;
  }
}
