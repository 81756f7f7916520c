// node draws.mjs WEB REQUESTS ANSWERS: random numbers, with no library but the page's own.

import { readFile, writeFile } from "node:fs/promises";

const [web, requests, answers] = process.argv.slice(2);
const { BetweenNoise, MeanNoise, SeededNoise } = await import(`${web}/src/noise.js`);
const { foldIn, normal, uniform } = await import(`${web}/src/philox.js`);

const drawn = JSON.parse(await readFile(requests)).map((request) => {
  const { seed, count, rows, draw, weights, to } = request;
  if (!draw) return { fold: foldIn(seed, 77), uniform: [...uniform(seed, count)], normal: [...normal(seed, count)] };
  if (weights) return [...new BetweenNoise(seed, to, weights).draw(draw)];
  const noise = new SeededNoise(rows);
  return { seeded: [...noise.draw(draw)], mean: [...new MeanNoise(noise).draw(draw)] };
});
await writeFile(answers, JSON.stringify(drawn));
