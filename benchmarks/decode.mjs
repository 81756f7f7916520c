// node benchmarks/decode.mjs PICTURE MODEL [SITE [CHROMIUM]]: how long a .svae takes to decode with a .svcm on
// WebAssembly, in Node and, given an exported site, in the worker of its page in headless Chromium.
// Needs the packages of web/ (npm ci).

import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [picture, model, site, chromium = "/usr/bin/chromium"] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { startWasm } = await import(`${root}/web/src/node.js`);
const { CodecModels } = await import(`${root}/web/src/codec/models.js`);
const { decodePicture } = await import(`${root}/web/src/codec/picture.js`);
const REPEATS = 7;

const summary = (times) => {
  const sorted = times.slice(1).sort((a, b) => a - b); // the first one warms up
  return `median ${sorted[sorted.length >> 1].toFixed(0)} ms, best ${sorted[0].toFixed(0)} ms`;
};

await startWasm();
const models = new CodecModels();
const begin = performance.now();
await models.add(new Uint8Array(readFileSync(model)));
console.log(`Node, the codec model loaded and checked: ${(performance.now() - begin).toFixed(0)} ms`);
const [times, busy] = [[], []];
for (let i = 0; i <= REPEATS; i++) {
  const [start, used] = [performance.now(), process.cpuUsage()];
  let last;
  for await (const step of decodePicture(new Uint8Array(readFileSync(picture)), { models })) last = step;
  if (!last.checked) throw new Error(last.problem);
  times.push(performance.now() - start);
  busy.push(process.cpuUsage(used).user / 1000);
}
console.log(`Node: ${summary(times)}; of the processor ${summary(busy)}`);

if (site) {
  const { launch, serve } = await import(`${root}/tests/export/browser/serve.mjs`);
  const given = { "/picture/": dirname(resolve(picture)), "/codec-model/": dirname(resolve(model)) };
  const { origin, close } = await serve({ "/": resolve(site), ...given });
  const browser = await launch(`${root}/web`, chromium);
  const page = await (await browser.newContext()).newPage();
  const names = [`/picture/${basename(picture)}`, `/codec-model/${basename(model)}`].map((path) => origin + path);
  await page.goto(`${origin}/?backend=wasm`);
  await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 240000 });
  const { found, where } = await page.evaluate(inWorker, [names, REPEATS]);
  console.log(`Chromium (${where}): ${summary(found)}`);
  await browser.close();
  close();
}

async function inWorker([names, repeats]) {
  const worker = new Worker("decoder.js", { type: "module" });
  const bytes = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());
  let where = "";
  const run = (data) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data: { step, done, error } }) => {
        if (step) where = step.backend;
        if (error) reject(new Error(error));
        if (done) resolve();
      };
      worker.postMessage({ bytes: data, cores: 0 });
    });
  await run(await bytes(names[1]));
  const data = await bytes(names[0]);
  const found = [];
  for (let i = 0; i <= repeats; i++) {
    const start = performance.now();
    await run(data);
    found.push(performance.now() - start);
  }
  return { found, where };
}
