// A picture that its file holds as a PNG or WebP file: the browser reads it.

import { crc32 } from "./checksums.js";
import { Damaged } from "./stream.js";

/**
 * @param {object} file what `readFile` gave.
 * @return {Promise<{pixels: Uint8ClampedArray, checked: boolean}>} red, green, blue and alpha; of a picture with alpha
 *     they are what a canvas keeps of them, which isn't exact, and are not checked.
 */
export async function readStored({ head, stored, checksum }) {
  if (typeof createImageBitmap === "undefined") {
    throw new Error(`the file holds its picture as ${stored.type}: only a browser reads that here`);
  }
  const { width, height } = head;
  const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  const image = await createImageBitmap(new Blob([stored.bytes], { type: stored.type }), options).catch(() => null);
  if (image?.width !== width || image?.height !== height) {
    throw new Damaged(`the stored ${stored.type} file can't be read`);
  }
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, width, height).data;
  if (head.alpha || checksum === null) return { pixels, checked: false };
  const coded = new Uint8Array(width * height * head.colours);
  for (let i = 0; i < coded.length; i++) {
    const pixel = Math.floor(i / head.colours);
    coded[i] = pixels[4 * pixel + (i - pixel * head.colours)];
  }
  if (crc32(coded) !== checksum) throw new Damaged("its pixels are not those that were put in");
  return { pixels, checked: true };
}
