// Named noise for a batch of pictures: the numbers of tf_selfvae.noise.RowNoise.

import { foldIn, normal, uniform } from "./philox.js";

const SMALLEST = 2 ** -24; // as in noise.py: the logarithm of it is finite

// `change` in every place, in a plain loop: these are most of the numbers that a picture needs.
const each = (change) => (seed, count) => {
  const drawn = uniform(seed, count);
  for (let i = 0; i < count; i++) drawn[i] = change(drawn[i] || SMALLEST);
  return drawn;
};

const DRAWS = {
  normal,
  uniform: each((u) => u),
  gumbel: each((u) => -Math.log(-Math.log(u))),
  logistic: each((u) => Math.log(u / (1 - u))),
};

const size = (shape) => shape.reduce((product, side) => product * side, 1);

/** Noise with a seed a row: a row's numbers depend on nothing but its own seed. */
export class SeededNoise {
  /** @param {number[][]} rows a seed of two int32 for each picture. */
  constructor(rows) {
    this.rows = rows;
  }

  /**
   * Draw one named tensor.
   *
   * @param {{name: string, kind: string, shape: number[], tag: number}} draw from the manifest.
   * @return {Float32Array} [rows, ...shape].
   */
  draw(draw) {
    const count = size(draw.shape);
    const drawn = new Float32Array(this.rows.length * count);
    this.rows.forEach((seed, row) => {
      drawn.set(DRAWS[draw.kind](foldIn(seed, draw.tag), count), row * count);
    });
    return drawn;
  }
}

/** The seeds of `count` pictures: `row_seeds(seed, count)` of noise.py. */
export function rowSeeds(seed, count) {
  return Array.from({ length: count }, (_, row) => [seed, row]);
}

/** Noise that is zero where it is normal, so that a posterior gives its mean; else of another source. */
export class MeanNoise {
  constructor(source) {
    this.source = source;
    this.rows = source.rows;
  }

  draw(draw) {
    if (draw.kind !== "normal") return this.source.draw(draw);
    return new Float32Array(this.rows.length * size(draw.shape));
  }
}

/** Noise on the way from one seed to another, as likely at each step as at the ends. */
export class BetweenNoise {
  /**
   * @param {number[]} from a seed of two int32.
   * @param {number[]} to another.
   * @param {number[]} weights one a picture, from 0 (`from`) to 1 (`to`).
   */
  constructor(from, to, weights) {
    this.from = new SeededNoise([from]);
    this.to = new SeededNoise([to]);
    this.rows = weights;
  }

  draw(draw) {
    const [a, b] = [this.from.draw(draw), this.to.draw(draw)];
    const drawn = new Float32Array(this.rows.length * a.length);
    this.rows.forEach((weight, row) => {
      drawn.set(between(draw.kind, a, b, weight), row * a.length);
    });
    return drawn;
  }
}

// A turn of two independent standard normals is standard normal again. Other kinds of noise are
// brought to normals and back by their distribution functions, number by number.
function between(kind, a, b, weight) {
  if (weight === 0) return a;
  if (weight === 1) return b;
  const cos = Math.cos((weight * Math.PI) / 2);
  const sin = Math.sin((weight * Math.PI) / 2);
  const { toNormal, fromNormal } = LAWS[kind];
  return a.map((value, i) => fromNormal(cos * toNormal(value) + sin * toNormal(b[i])));
}

const EDGE = 1e-7; // keeps both logarithms finite
const clip = (p) => Math.min(Math.max(p, EDGE), 1 - EDGE);

const LAWS = {
  normal: { toNormal: (x) => x, fromNormal: (x) => x },
  uniform: { toNormal: (u) => normalQuantile(clip(u)), fromNormal: (x) => clip(normalCdf(x)) },
  gumbel: {
    toNormal: (g) => normalQuantile(clip(Math.exp(-Math.exp(-g)))),
    fromNormal: (x) => -Math.log(-Math.log(clip(normalCdf(x)))),
  },
  logistic: {
    toNormal: (l) => normalQuantile(clip(1 / (1 + Math.exp(-l)))),
    fromNormal: (x) => {
      const p = clip(normalCdf(x));
      return Math.log(p / (1 - p));
    },
  },
};

/** P(X <= x) of a standard normal, to 1e-7 (Abramowitz and Stegun 1964, 26.2.17). */
export function normalCdf(x) {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (series * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
  return x > 0 ? 1 - tail : tail;
}

/** The x whose `normalCdf` is p, by bisection and Newton's method: the inverse of that very function. */
export function normalQuantile(p) {
  let low = -6;
  let high = 6;
  let x = 0;
  for (let step = 0; step < 40; step++) {
    const error = normalCdf(x) - p;
    if (Math.abs(error) < 1e-10) break;
    if (error > 0) high = x;
    else low = x;
    const next = x - (error * Math.sqrt(2 * Math.PI)) / Math.exp(-0.5 * x * x);
    x = next > low && next < high ? next : (low + high) / 2;
  }
  return x;
}
