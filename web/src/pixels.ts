// What a causal transformer computes for one place of several pictures, in WebAssembly's vectors of four floats: the
// arithmetic of pixels.js. (AssemblyScript; addresses are of bytes in the module's memory.)

/**
 * y = x w + b: x [rows, inputs]; w [outputs / 8, inputs, 8], eight outputs together; b [outputs]; y [rows, outputs].
 * Rows are a multiple of 4.
 */
export function dense(x: usize, w: usize, b: usize, y: usize, rows: i32, inputs: i32, outputs: i32): void {
  const line = <usize>inputs << 2;
  const width = <usize>outputs << 2;
  for (let out: usize = 0; out < width; out += 32, w += line << 3) {
    for (let row: usize = 0; row < <usize>rows; row += 4) {
      let a0 = v128.load(b + out), a1 = v128.load(b + out, 16);
      let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
      let from = x + row * line;
      let kernel = w;
      const end = from + line;
      while (from < end) {
        const w0 = v128.load(kernel), w1 = v128.load(kernel, 16);
        let value = v128.load_splat<f32>(from);
        a0 = f32x4.add(a0, f32x4.mul(value, w0));
        a1 = f32x4.add(a1, f32x4.mul(value, w1));
        value = v128.load_splat<f32>(from + line);
        b0 = f32x4.add(b0, f32x4.mul(value, w0));
        b1 = f32x4.add(b1, f32x4.mul(value, w1));
        value = v128.load_splat<f32>(from + 2 * line);
        c0 = f32x4.add(c0, f32x4.mul(value, w0));
        c1 = f32x4.add(c1, f32x4.mul(value, w1));
        value = v128.load_splat<f32>(from + 3 * line);
        d0 = f32x4.add(d0, f32x4.mul(value, w0));
        d1 = f32x4.add(d1, f32x4.mul(value, w1));
        from += 4;
        kernel += 32;
      }
      let to = y + row * width + out;
      v128.store(to, a0);
      v128.store(to, a1, 16);
      to += width;
      v128.store(to, b0);
      v128.store(to, b1, 16);
      to += width;
      v128.store(to, c0);
      v128.store(to, c1, 16);
      to += width;
      v128.store(to, d0);
      v128.store(to, d1, 16);
    }
  }
}

/** y = x / sqrt(mean of its squares + 1e-6) of each row: x, y [rows, width], of which `features` are not padding. */
export function normalise(x: usize, y: usize, rows: i32, width: i32, features: i32): void {
  for (const end = x + ((<usize>rows * width) << 2); x < end; ) {
    let sum = f32x4.splat(0);
    const line = <usize>width << 2;
    for (let i: usize = 0; i < line; i += 16) {
      const part = v128.load(x + i);
      sum = f32x4.add(sum, f32x4.mul(part, part));
    }
    const scale = f32x4.splat(<f32>1 / sqrt<f32>(total(sum) / <f32>features + <f32>1e-6));
    for (let i: usize = 0; i < line; i += 16) v128.store(y + i, f32x4.mul(v128.load(x + i), scale));
    x += line;
    y += line;
  }
}

/** x = max(x, 0)^2, of `count` numbers. */
export function squaredRelu(x: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (const end = x + (<usize>count << 2); x < end; x += 16) {
    const part = f32x4.max(v128.load(x), zero);
    v128.store(x, f32x4.mul(part, part));
  }
}

/** x += y, of `count` numbers. */
export function add(x: usize, y: usize, count: i32): void {
  for (const end = x + (<usize>count << 2); x < end; x += 16, y += 16) {
    v128.store(x, f32x4.add(v128.load(x), v128.load(y)));
  }
}

/**
 * Attend from a place to itself and those before it.
 *
 * @param parts [rows, 3, heads, size]: queries, already scaled, keys and values of the place.
 * @param keys [rows, heads, size, places] of the places before it; gets this one's.
 * @param values [rows, heads, places, size], likewise.
 * @param scores room for the places of one head, and three more.
 * @param mixed [rows, heads, size]: what was attended to.
 * @param place its number, below `places`; `size` is a multiple of 8.
 */
export function attend(
  parts: usize, keys: usize, values: usize, scores: usize, mixed: usize,
  rows: i32, heads: i32, size: i32, place: i32, places: i32,
): void {
  const vector = <usize>size << 2;
  const line = <usize>places << 2;
  const last = <usize>place << 2;
  const all = <usize>heads * vector;
  for (let row = 0; row < rows; row++, parts += 2 * all) {
    for (let head = 0; head < heads; head++, parts += vector) {
      for (let i: usize = 0; i < vector; i += 4) f32.store(keys + (i >> 2) * line + last, f32.load(parts + all + i));
      memory.copy(values + <usize>place * vector, parts + 2 * all, vector);
      for (let t: usize = 0; t <= last; t += 16) {
        let sum = f32x4.splat(0);
        for (let i: usize = 0, key = keys + t; i < vector; i += 4, key += line) {
          sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(parts + i), v128.load(key)));
        }
        v128.store(scores + t, sum);
      }
      let highest = f32.load(scores);
      for (let t: usize = 4; t <= last; t += 4) highest = max<f32>(highest, f32.load(scores + t));
      let sum: f32 = 0;
      for (let t: usize = 0; t <= last; t += 4) {
        const weight = <f32>Mathf.exp(f32.load(scores + t) - highest);
        f32.store(scores + t, weight);
        sum += weight;
      }
      const share = f32x4.splat(<f32>1 / sum);
      for (let i: usize = 0; i < vector; i += 32) {
        let low = f32x4.splat(0), high = low;
        for (let t: usize = 0, value = values + i; t <= last; t += 4, value += vector) {
          const weight = v128.load_splat<f32>(scores + t);
          low = f32x4.add(low, f32x4.mul(weight, v128.load(value)));
          high = f32x4.add(high, f32x4.mul(weight, v128.load(value, 16)));
        }
        v128.store(mixed + i, f32x4.mul(low, share));
        v128.store(mixed + i, f32x4.mul(high, share), 16);
      }
      keys += vector * places;
      values += vector * places;
      mixed += vector;
    }
  }
}

function total(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}
