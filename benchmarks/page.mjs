// node benchmarks/page.mjs SITE [CHROMIUM [CORES]]: how long 16 samples of an exported model take on
// WebAssembly, in Node and in headless Chromium, when the first of them is there at each size, how long the
// page's thread was held up, and how much the page downloads; beside the machine's load.
// Needs the packages of web/ (npm ci).

import { readFileSync, readdirSync, statSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const [site, chromium = "/usr/bin/chromium", cores = "0"] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { launch, serve } = await import(`${root}/tests/export/browser/serve.mjs`);
const { loadModel } = await import(`${root}/web/src/node.js`);
const { SeededNoise, rowSeeds } = await import(`${root}/web/src/noise.js`);
const REPEATS = 3;

// Of what is measured several times, {name: milliseconds}: median and best of each.
function summary(times) {
  const load = `load ${loadavg()[0].toFixed(1)} on ${cpus().length} cores`;
  const all = Object.keys(times[0]).map((name) => {
    const sorted = times.map((time) => time[name]).sort((a, b) => a - b);
    return `${name} ${sorted[sorted.length >> 1].toFixed(0)} ms (best ${sorted[0].toFixed(0)})`;
  });
  return `${all.join(", ")}; ${load}`;
}

function gzipped(folder, wanted = () => true) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => statSync(join(folder, name)).isFile() && wanted(name))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0);
}

const model = await loadModel(resolve(site, "model"));
const times = [];
for (let i = 0; i <= REPEATS; i++) {
  const time = {};
  const [start, { user, system }] = [performance.now(), process.cpuUsage()];
  const onStep = (name) => (time[`first ${name}`] ??= performance.now() - start);
  await model.walk(model.manifest.plans.generate, { noise: new SeededNoise(rowSeeds(i, 16)), onStep });
  time.all = performance.now() - start;
  const used = process.cpuUsage();
  time["of the processor"] = (used.user + used.system - user - system) / 1e3;
  if (i) times.push(time); // the first one warms up
}
console.log(`Node, 16 samples: ${summary(times)}`);

const { origin, close } = await serve({ "/": resolve(site) });
const browser = await launch(`${root}/web`, chromium);
const page = await (await browser.newContext()).newPage();
const bytes = new Set();
page.on("response", (response) => bytes.add(new URL(response.url()).pathname.slice(1) || "index.html"));
await page.goto(`${origin}/?backend=wasm&cores=${cores}`);
await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 0 });
const shown = [];
for (let i = 0; i < REPEATS; i++) shown.push(await page.evaluate(drawOnce)); // the page drew once when it was loaded
const label = await page.$eval("#backend", (select) => select.selectedOptions[0].text);
console.log(`Chromium (${label}), 16 samples drawn on the page: ${summary(shown)}`);
await browser.close();
close();
console.log(`download for samples, gzip: ${(gzipped(resolve(site), (name) => bytes.has(name)) / 1e6).toFixed(2)} MB`);
const encoders = gzipped(resolve(site), (name) => /^model\/[qd]_/.test(name));
console.log(`and for a picture of one's own: ${(encoders / 1e6).toFixed(2)} MB more`);

// On the page: draw, and tell when the first canvas had each size, and the longest time between two ticks of a timer.
async function drawOnce() {
  const time = {};
  const { dataset } = document.querySelector("main");
  const [before, start] = [dataset.computed, performance.now()];
  const watcher = new MutationObserver(() => {
    const width = document.querySelector("#samples canvas").width;
    if (width > 1) time[`first ${width}x${width}`] ??= performance.now() - start;
  });
  watcher.observe(document.getElementById("samples"), { subtree: true, childList: true, attributes: true });
  document.getElementById("next-seed").click();
  let [last, longest] = [start, 0];
  while (dataset.computed === before) {
    await new Promise((resolve) => setTimeout(resolve));
    const now = performance.now();
    [last, longest] = [now, Math.max(longest, now - last)];
  }
  watcher.disconnect();
  return { ...time, all: performance.now() - start, "page held up": longest };
}
