// The mixture's distribution function in integers, of at most 2^53: JavaScript's numbers hold them exactly.

const FUNCTION = 2 ** 24; // by which a mixture's sum is divided
const LIMIT = 16 * 2 ** 18; // of a component's argument
const STEP = 2 ** 12;
const ONE = 2 ** 24;

/** The tables of a codec model, int32 arrays: how many numbers each has, and the greatest absolute value of one. */
export const TABLES = {
  logistic: { size: 2049, largest: 2 ** 26 },
  exponential: { size: 1023, largest: 2 ** 14 },
  inverse_scale: { size: 289, largest: 2 ** 18 },
  coefficient: { size: 513, largest: 256 },
};

/** Mixtures of logistics over the channels of places, which share their component. */
export class Mixture {
  /**
   * @param {Float32Array} outputs a head's integers, place by place.
   * @param {{mixtures: number, channels: number, outputs: number}} level whose head it is.
   * @param {Object<string, Int32Array>} tables
   */
  constructor(outputs, level, tables) {
    Object.assign(this, { outputs, level, tables });
    const { mixtures } = level;
    this.count = outputs.length / level.outputs;
    this.weights = new Float64Array(this.count * mixtures);
    this.factors = new Float64Array(this.count * mixtures);
    this.offsets = new Float64Array(this.count * mixtures);
    this.values = [];
    for (let place = 0; place < this.count; place++) {
      const logits = outputs.subarray(place * level.outputs, place * level.outputs + mixtures);
      const largest = logits.reduce((a, b) => Math.max(a, b));
      for (let k = 0; k < mixtures; k++) this.weights[place * mixtures + k] = tables.exponential[largest - logits[k]];
      this.normalise(place);
    }
  }

  /**
   * Decode the next channel.
   *
   * @param {Float64Array} low the least that each value may be; in the end the value.
   * @param {Float64Array} high one more than the greatest.
   * @param {RangeDecoder} decoder
   * @return {Float64Array} low.
   */
  channel(low, high, decoder) {
    this.locate();
    const below = low.map((value, place) => this.mass(place, value));
    const above = high.map((value, place) => this.mass(place, value));
    for (let open = this.count; open; ) {
      open = 0;
      for (let place = 0; place < this.count; place++) {
        if (high[place] - low[place] <= 1) continue;
        open++;
        const middle = Math.floor((low[place] + high[place]) / 2);
        const there = this.mass(place, middle);
        const likely = Math.floor(((there - below[place]) * ONE) / (above[place] - below[place]));
        if (decoder.below(Math.min(Math.max(likely, 1), ONE - 1))) {
          high[place] = middle;
          above[place] = there;
        } else {
          low[place] = middle;
          below[place] = there;
        }
      }
    }
    this.choose(low);
    return low;
  }

  // The next channel's components, by place: an argument is value * factor - offset.
  locate() {
    const { level, outputs, tables, values } = this;
    const { mixtures, channels } = level;
    const channel = values.length;
    const first = 1 + 2 * channels + (channel * (channel - 1)) / 2; // of its coefficients
    for (let place = 0, at = 0; place < this.count; place++) {
      const start = place * level.outputs;
      for (let k = 0; k < mixtures; k++, at++) {
        const output = (group) => outputs[start + group * mixtures + k];
        let location = output(1 + channel);
        for (let j = 0; j < channel; j++) {
          location += Math.floor((tables.coefficient[output(first + j) + 256] * values[j][place] + 8) / 16);
        }
        const inverse = tables.inverse_scale[output(1 + channels + channel) + 96];
        this.factors[at] = 32 * inverse;
        this.offsets[at] = (2 * location + 16) * inverse - LIMIT;
      }
    }
  }

  // A component's mass below a value, of 2^38.
  component(at, value) {
    const { logistic } = this.tables;
    const argument = Math.min(Math.max(value * this.factors[at] - this.offsets[at], 0), 2 * LIMIT - 1);
    const step = Math.floor(argument / STEP);
    return logistic[step] * STEP + (logistic[step + 1] - logistic[step]) * (argument - step * STEP);
  }

  // The mixture's mass below a value, of 2^28, and 4 for each value.
  mass(place, value) {
    const { mixtures } = this.level;
    let total = 0;
    for (let at = place * mixtures; at < (place + 1) * mixtures; at++) {
      total += this.weights[at] * this.component(at, value);
    }
    return Math.floor(total / FUNCTION) + 4 * value;
  }

  choose(values) {
    const { mixtures } = this.level;
    for (let place = 0, at = 0; place < this.count; place++) {
      for (let k = 0; k < mixtures; k++, at++) {
        const mass = this.component(at, values[place] + 1) - this.component(at, values[place]);
        this.weights[at] = Math.floor((this.weights[at] * (Math.floor(mass / STEP) + 1)) / 16) + 1;
      }
      this.normalise(place);
    }
    this.values.push(values);
  }

  // Bring a place's weights to a sum of at most 2^14.
  normalise(place) {
    const { mixtures } = this.level;
    const weights = this.weights.subarray(place * mixtures, (place + 1) * mixtures);
    const sum = weights.reduce((a, b) => a + b);
    for (let k = 0; k < mixtures; k++) weights[k] = Math.floor((weights[k] * 2 ** 14) / sum);
  }
}
