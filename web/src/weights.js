// Weights as tfjs_convert.py packs them: gzip of the four planes of bytes of 32-bit numbers.

/**
 * @param {ArrayBuffer} packed the content of a `weights.bin`.
 * @return {Promise<ArrayBuffer>} the weights, one after another.
 */
export async function unpackWeights(packed) {
  const stream = new Response(packed).body.pipeThrough(new DecompressionStream("gzip"));
  let planes;
  try {
    planes = new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Error("A file of the model's weights is damaged, or was cut off on its way.");
  }
  const count = planes.length / 4;
  const weights = new Uint8Array(planes.length);
  for (let place = 0; place < 4; place++) {
    for (let i = 0, from = place * count; i < count; i++) weights[4 * i + place] = planes[from + i];
  }
  return weights.buffer;
}
