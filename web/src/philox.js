// TensorFlow's stateless generator: Philox 4x32-10, with the key made from a seed of two int32.
//
// Sources: Salmon et al. 2011 (Philox); tf.random.stateless_uniform and stateless_normal, whose
// numbers these are.

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const SCRAMBLE_0 = 0x3ec8f720;
const SCRAMBLE_1 = 0x02461e29;
const ROUNDS = 10;

// The upper half of a 64-bit product of two unsigned 32-bit numbers, in 16-bit pieces.
function multiplyHigh(a, b) {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Each product and sum is at most 0xffff * 0xffff + 2 * 0xffff = 2^32 - 1: unsigned 32 bits hold it.
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) >>> 0;
  const other = (Math.imul(aLow, bHigh) + (middle & 0xffff)) >>> 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}

// Ten rounds on the counter of four words at `start`, in place.
function rounds(words, start, key0, key1) {
  let x0 = words[start];
  let x1 = words[start + 1];
  let x2 = words[start + 2];
  let x3 = words[start + 3];
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(x0, MULTIPLIER_0);
    const low0 = Math.imul(x0, MULTIPLIER_0);
    const high1 = multiplyHigh(x2, MULTIPLIER_1);
    const low1 = Math.imul(x2, MULTIPLIER_1);
    x0 = high1 ^ x1 ^ key0;
    x1 = low1;
    x2 = high0 ^ x3 ^ key1;
    x3 = low0;
    key0 = (key0 + WEYL_0) | 0;
    key1 = (key1 + WEYL_1) | 0;
  }
  words[start] = x0;
  words[start + 1] = x1;
  words[start + 2] = x2;
  words[start + 3] = x3;
}

/**
 * The first `count` random words that TensorFlow draws from a seed.
 *
 * @param {number[]} seed two int32.
 * @param {number} count how many words.
 * @return {Int32Array} the words, as signed numbers.
 */
export function randomWords(seed, count) {
  // TensorFlow widens each int32 to 64 bits, sign and all.
  const mixed = new Int32Array([seed[0], seed[0] >> 31, seed[1], seed[1] >> 31]);
  rounds(mixed, 0, SCRAMBLE_0, SCRAMBLE_1);
  const [key0, key1, counter2, counter3] = mixed;
  const drawn = new Int32Array(Math.ceil(count / 4) * 4);
  for (let start = 0, index = 0; start < drawn.length; start += 4, index++) {
    drawn[start] = index;
    drawn[start + 2] = counter2;
    drawn[start + 3] = counter3;
    rounds(drawn, start, key0, key1);
  }
  return drawn.subarray(0, count);
}

/** A seed for one use, from a seed and an int32: tf.random.experimental.stateless_fold_in. */
export function foldIn(seed, data) {
  return [randomWords(seed, 1)[0], data | 0];
}

// TensorFlow's float in [0, 1): the low 23 bits of a word as a mantissa.
const toUnit = (word) => (word & 0x7fffff) / 0x800000;

/** `count` float32 uniforms in [0, 1): tf.random.stateless_uniform. */
export function uniform(seed, count) {
  const words = randomWords(seed, count);
  const drawn = new Float32Array(count);
  for (let i = 0; i < count; i++) drawn[i] = toUnit(words[i]);
  return drawn;
}

/** `count` float32 standard normals by Box and Muller: tf.random.stateless_normal. */
export function normal(seed, count) {
  const words = randomWords(seed, count + (count % 2));
  const drawn = new Float32Array(words.length);
  for (let i = 0; i < words.length; i += 2) {
    const first = Math.max(toUnit(words[i]), Math.fround(1e-7));
    const angle = Math.fround(2 * Math.PI * toUnit(words[i + 1]));
    const radius = Math.sqrt(-2 * Math.log(first));
    drawn[i] = Math.sin(angle) * radius;
    drawn[i + 1] = Math.cos(angle) * radius;
  }
  return drawn.subarray(0, count);
}
