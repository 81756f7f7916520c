// Which values a band may take, so that the picture stays in 0..255, given what is known: in its format's words.

const least = (mean) => Math.max(2 * (mean - 255), -2 * mean - 1);
const most = (mean) => Math.min(2 * (255 - mean), 2 * mean + 1);
const lower = (mean, difference) => mean - Math.floor(difference / 2);
const upper = (mean, difference) => lower(mean, difference) + difference;

const ACROSS = Array.from({ length: 256 }, (_, low) => {
  let [from, to] = [Infinity, -Infinity];
  for (let down = least(low); down <= most(low); down++) {
    const rows = [upper(low, down), lower(low, down)];
    from = Math.min(from, least(rows[0]) + least(rows[1]));
    to = Math.max(to, most(rows[0]) + most(rows[1]));
  }
  return [Math.floor(from / 2), Math.floor(to / 2)];
});

/**
 * @param {number} band 0 across, 1 down, 2 diagonal.
 * @param {number} low the coarser picture's value.
 * @param {number} across the first band's value, of the last one.
 * @param {number} down the second band's value, of the last one.
 * @return {number[]} the least and the greatest value that the band may have.
 */
export function interval(band, low, across, down) {
  if (band === 0) return ACROSS[low];
  if (band === 1) return [least(low), most(low)];
  const [above, below] = [upper(low, down), lower(low, down)];
  return [
    Math.max(2 * (least(above) - across) - 1, 2 * (across - most(below))),
    Math.min(2 * (most(above) - across), 2 * (across - least(below)) + 1),
  ];
}

/**
 * Put a picture together of the coarser one and its bands (integer Haar lifting).
 *
 * @param {{height, width, channels, data: Uint8Array}} coarser
 * @param {Int16Array[]} bands three, whose values are `step` apart.
 * @param {number} step
 * @param {number} height
 * @param {number} width
 * @return {{height, width, channels, data: Uint8Array}}
 */
export function join(coarser, bands, step, height, width) {
  const { channels } = coarser;
  const data = new Uint8ClampedArray(height * width * channels);
  for (let row = 0, at = 0; row < coarser.height; row++) {
    for (let column = 0; column < coarser.width; column++) {
      for (let channel = 0; channel < channels; channel++, at++) {
        const place = (row * coarser.width + column) * step + channel;
        const [across, down, diagonal] = bands.map((band) => band[place]);
        for (const [line, end] of [upper, lower].entries()) {
          if (2 * row + line >= height) continue;
          const [mean, difference] = [end(coarser.data[at], down), end(across, diagonal)];
          const to = ((2 * row + line) * width + 2 * column) * channels + channel;
          data[to] = upper(mean, difference);
          if (2 * column + 1 < width) data[to + channels] = lower(mean, difference);
        }
      }
    }
  }
  return { height, width, channels, data: new Uint8Array(data.buffer) };
}
