// node compressed.mjs WEB CHROMIUM SITE REQUESTS ANSWERS: gives the page compressed pictures, as a visitor does.

import { readFile, writeFile } from "node:fs/promises";
import { launch, serve } from "./serve.mjs";

const [web, chromium, site, requests, answers] = process.argv.slice(2);
const asked = JSON.parse(await readFile(requests));
const fetched = [];
const errors = [];
const { origin, close } = await serve({ "/": site });
const browser = await launch(web, chromium);
try {
  const page = await browser.newPage();
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${origin}/?backend=wasm`);
  await page.waitForSelector("html[data-ready], #error:not([hidden])", { state: "attached", timeout: 240000 });
  const before = [...fetched];
  const seen = [];
  for (const files of asked) seen.push(await give(page, files));
  const isolated = await page.evaluate(() => window.crossOriginIsolated);
  await writeFile(answers, JSON.stringify({ before, after: fetched.slice(before.length), isolated, errors, seen }));
} finally {
  await browser.close();
  close();
}

// Drop files, [name, base64] each, and tell what there is to see once all that they start is done.
async function give(page, files) {
  const before = await page.evaluate(() => {
    window.sizes = [];
    window.watcher?.disconnect();
    window.watcher = new MutationObserver(() => {
      const { width, height } = document.querySelector("#decoded canvas");
      if (window.sizes.at(-1)?.join() !== [width, height].join()) window.sizes.push([width, height]);
    });
    window.watcher.observe(document.querySelector("#decoded figcaption"), { childList: true });
    return Number(document.querySelector("main").dataset.computed);
  });
  await page.evaluate(async (all) => {
    const dataTransfer = new DataTransfer();
    for (const [name, text] of all) {
      const blob = await (await fetch(`data:;base64,${text}`)).blob();
      dataTransfer.items.add(new File([blob], name));
    }
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, files);
  const all = before + files.length;
  await page.waitForFunction((n) => Number(document.querySelector("main").dataset.computed) >= n, all);
  return page.evaluate(() => {
    const figure = document.getElementById("decoded");
    const canvas = figure.querySelector("canvas");
    const error = document.getElementById("error");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return {
      sizes: window.sizes,
      shown: !figure.hidden,
      caption: figure.querySelector("figcaption").textContent,
      error: error.hidden ? "" : error.textContent,
      timing: document.getElementById("timing").textContent,
      width: canvas.width,
      height: canvas.height,
      data: [...data],
    };
  });
}
