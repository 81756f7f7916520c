// Runs what Python asks of a model, in Node and in the browser alike.

const plain = (steps) =>
  Object.fromEntries(
    Object.entries(steps).map(([name, { value, unrounded }]) => [
      name,
      { value: [...value], unrounded: unrounded && [...unrounded] },
    ]),
  );

const floats = (values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.from(value)]));

/**
 * @param {Model} model
 * @param {object} library has SeededNoise.
 * @param {object[]} requests each {plan, rows, given, temperature}: a walk.
 * @return {Promise<object[]>} name to {value, unrounded} of each walk.
 */
export async function answer(model, library, requests) {
  const answers = [];
  for (const { plan, rows, given, temperature } of requests) {
    const noise = new library.SeededNoise(rows);
    answers.push(plain(await model.walk(plan, { noise, given: floats(given), temperature })));
  }
  return answers;
}
