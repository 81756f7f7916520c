// A picture pixel by pixel: one graph, run once for each, with the keys and values of those before.

import * as tf from "@tensorflow/tfjs-core";

const NEVER = -1e9; // what rules a place out before a softmax

/**
 * Draw pictures whose pixels each depend on all before them.
 *
 * Keys and values come in two parts: those of whole rows, and those of the row so far, so that only the short part is
 * written anew for each pixel. Both begin with a place that is never attended to: no tensor is empty.
 *
 * @param {GraphModel} graph of one pixel: tf_selfvae.export.tfjs_graphs.Loop says what it reads and gives.
 * @param {object} loop the picture's rows, columns and channels; how many caches there are, their heads and size.
 * @param {object[]} draws of noise, as in the manifest: all pixels' at once.
 * @param {{rows: Array, draw: function}} noise
 * @param {number} temperature
 * @return {Promise<Float32Array>} [rows of the noise, pixels, value and unrounded value].
 */
export async function drawPixels(graph, loop, draws, noise, temperature) {
  const { rows, columns, channels, caches, heads, size } = loop;
  const count = noise.rows.length;
  const drawn = draws.map((draw) => ({ draw, values: noise.draw(draw) }));
  const output = new Float32Array(count * rows * columns * 2 * channels);
  const start = () => Array.from({ length: caches }, () => tf.zeros([count, heads, 1, size]));
  let far = start();
  let above = Array.from({ length: columns }, () => tf.zeros([count, channels])); // the row above, pixel by pixel
  let before = tf.zeros([count, channels]);
  const hot = tf.scalar(temperature);
  try {
    for (let row = 0; row < rows; row++) {
      let near = start();
      const pixels = [];
      const scaled = [];
      for (let column = 0; column < columns; column++) {
        const place = row * columns + column;
        const [shown, next, grown] = tf.tidy(() => {
          const bias = new Float32Array(far[0].shape[2] + near[0].shape[2] + 1);
          bias[0] = bias[far[0].shape[2]] = NEVER;
          const given = { before, above: above[column], place: tf.scalar(place, "int32"), bias: tf.tensor(bias), temperature: hot };
          for (const { draw, values } of drawn) given[draw.input] = atPlace(values, place, rows * columns, draw.shape[2], count);
          far.forEach((cache, i) => (given[`far${i}`] = cache));
          near.forEach((cache, i) => (given[`near${i}`] = cache));
          const inputs = Object.fromEntries(graph.inputs.map(({ name }) => [name, given[name.split(":")[0]]]));
          const parts = tf.split(graph.execute(inputs), [2 * channels, channels, ...Array(caches).fill(heads * size)], 1);
          const gained = parts.slice(2).map((part, i) => tf.concat([near[i], tf.reshape(part, [count, heads, 1, size])], 2));
          return [parts[0], parts[1], gained];
        });
        tf.dispose(place ? near : [near, before]);
        near = grown;
        pixels.push(shown);
        scaled.push(next);
        before = next;
      }
      const grown = tf.tidy(() => far.map((cache, i) => tf.concat([cache, tf.slice(near[i], [0, 0, 1, 0])], 2)));
      tf.dispose([far, near, above]);
      far = grown;
      above = scaled;
      const line = tf.concat(pixels, 1);
      await collect(line, output, row, rows);
      tf.dispose([line, pixels]);
    }
    return output;
  } finally {
    tf.dispose([far, above, before, hot]);
  }
}

// One pixel's noise of all pictures.
function atPlace(values, place, places, size, count) {
  const found = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const first = (i * places + place) * size;
    found.set(values.subarray(first, first + size), i * size);
  }
  return tf.tensor(found, [count, size]);
}

// A row of all pictures, to its place in each of them. A page may do other things before the next one: WebAssembly has
// the values at once, so that waiting for them alone would not let it.
async function collect(line, output, row, rows) {
  const values = await line.data();
  await new Promise((resolve) => setTimeout(resolve));
  const length = values.length / line.shape[0];
  for (let i = 0; i < line.shape[0]; i++) {
    output.set(values.subarray(i * length, (i + 1) * length), (i * rows + row) * length);
  }
}
