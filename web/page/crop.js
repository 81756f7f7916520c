// A file's picture at the model's size.

/**
 * @param {Blob} file
 * @param {number[]} shape rows, columns, channels of the model.
 * @return {Promise<Float32Array>} grey levels 0..255.
 * @throws {Error} in words, when the browser cannot read the file as a picture.
 */
export async function readPicture(file, [height, width, channels]) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Error(`${file.name || "That"} is not a picture that this browser can read.`);
  }
  // Halve again and again, then go the rest: canvases blur too little when they shrink a lot at once.
  let [x, y, w, h] = middle(picture.width, picture.height, width / height);
  let source = picture;
  while (w >= 2 * width && h >= 2 * height) {
    source = scaled(source, x, y, w, h, Math.ceil(w / 2), Math.ceil(h / 2));
    [x, y, w, h] = [0, 0, source.width, source.height];
  }
  const { data } = scaled(source, x, y, w, h, width, height).getContext("2d").getImageData(0, 0, width, height);
  picture.close();
  const values = new Float32Array(height * width * channels);
  for (let i = 0; i < height * width; i++) {
    const [red, green, blue] = data.subarray(4 * i, 4 * i + 3);
    if (channels === 3) values.set([red, green, blue], 3 * i);
    else values[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return values;
}

function middle(width, height, ratio) {
  const w = Math.min(width, height * ratio);
  const h = Math.min(height, width / ratio);
  return [(width - w) / 2, (height - h) / 2, w, h];
}

function scaled(source, x, y, w, h, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white"; // behind what is transparent
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, x, y, w, h, 0, 0, width, height);
  return canvas;
}
