// Pictures on the page: canvases that hold a model's grey levels.

/** A canvas with a text for those who do not see it. */
export function makeCanvas(label) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  return canvas;
}

/**
 * Draw one picture.
 *
 * @param {HTMLCanvasElement} canvas takes the picture's size.
 * @param {Float32Array} values grey levels 0..255, rows one after another.
 * @param {number[]} shape rows, columns, channels (1 or 3).
 * @param {number} row which picture of a batch.
 */
export function show(canvas, values, [height, width, channels], row = 0) {
  const data = new ImageData(width, height);
  const start = row * height * width * channels;
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let c = 0; c < 3; c++) {
      data.data[4 * pixel + c] = values[start + channels * pixel + (channels === 3 ? c : 0)];
    }
    data.data[4 * pixel + 3] = 255;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(data, 0, 0);
}

/** A figure with a caption, and its canvas. */
export function makeFigure(caption) {
  const figure = document.createElement("figure");
  const canvas = makeCanvas(caption);
  const text = document.createElement("figcaption");
  text.textContent = caption;
  figure.append(canvas, text);
  return { figure, canvas };
}

/** "16x16". */
export const sizeOf = (variable) => `${variable.shape[0]}x${variable.shape[1]}`;
