// node benchmarks/page.mjs SITE [CHROMIUM [CORES]]: how long 16 samples of an exported model take on
// WebAssembly, in Node and in headless Chromium, and how much the page downloads.
// Needs the packages of web/ (npm ci).

import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const [site, chromium = "/usr/bin/chromium", cores = "0"] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { launch, serve } = await import(`${root}/tests/export/browser/serve.mjs`);
const { loadModel } = await import(`${root}/web/src/node.js`);
const { SeededNoise, rowSeeds } = await import(`${root}/web/src/noise.js`);
const REPEATS = 7;

const summary = (times) => {
  const sorted = times.slice(1).sort((a, b) => a - b); // the first one warms up
  return `median ${sorted[sorted.length >> 1].toFixed(0)} ms, best ${sorted[0].toFixed(0)} ms`;
};

function gzipped(folder, wanted = () => true) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => statSync(join(folder, name)).isFile() && wanted(name))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0);
}

const model = await loadModel(resolve(site, "model"));
const times = [];
for (let i = 0; i <= REPEATS; i++) {
  const start = performance.now();
  await model.walk(model.manifest.plans.generate, { noise: new SeededNoise(rowSeeds(i, 16)) });
  times.push(performance.now() - start);
}
console.log(`Node, 16 samples: ${summary(times)}`);

const { origin, close } = await serve({ "/": resolve(site) });
const browser = await launch(`${root}/web`, chromium);
const page = await (await browser.newContext()).newPage();
const bytes = new Set();
page.on("response", (response) => bytes.add(new URL(response.url()).pathname.slice(1) || "index.html"));
await page.goto(`${origin}/?backend=wasm&cores=${cores}`);
await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 240000 });
const shown = [];
for (let i = 0; i <= REPEATS; i++) {
  const before = await page.$eval("main", (main) => Number(main.dataset.computed));
  await page.click("#next-seed");
  await page.waitForFunction((n) => Number(document.querySelector("main").dataset.computed) > n, before);
  shown.push(Number((await page.textContent("#timing")).match(/(\d+) ms/)[1]));
}
const label = await page.$eval("#backend", (select) => select.selectedOptions[0].text);
console.log(`Chromium (${label}), 16 samples drawn on the page: ${summary(shown)}`);
await browser.close();
close();
console.log(`download for samples, gzip: ${(gzipped(resolve(site), (name) => bytes.has(name)) / 1e6).toFixed(2)} MB`);
const encoders = gzipped(resolve(site), (name) => /^model\/[qd]_/.test(name));
console.log(`and for a picture of one's own: ${(encoders / 1e6).toFixed(2)} MB more`);
