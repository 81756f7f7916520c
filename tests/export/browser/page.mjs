// node page.mjs WEB CHROMIUM SITE DRAWN PICTURE SHOTS REQUESTS ANSWERS: uses the page as a visitor does, by
// keyboard where that is the point, and tells what there was to see. DRAWN is the page of a model whose
// coarsest picture is drawn pixel by pixel.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launch, serve } from "./serve.mjs";

const [web, chromium, site, drawn, picture, shots, , answers] = process.argv.slice(2);
const seen = { requests: [], errors: [] };
const missing = ["broken/model/", "lost/sampler.js", "part/model/q_u/"]; // each from a page of its own
const folders = { "/": site, "/drawn/": drawn };
for (const path of missing) {
  folders[`/${path}`] = join(site, "nowhere");
  folders[`/${path.split("/")[0]}/`] = site;
}
const { origin, close } = await serve(folders);
const browser = await launch(web, chromium);

// The pixels of all canvases under a selector: [{width, height, data (red, green, blue)}].
const canvases = (page, selector) =>
  page.$$eval(`${selector} canvas`, (all) =>
    all.map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return { width: canvas.width, height: canvas.height, data: [...data].filter((_, i) => i % 4 < 3) };
    }),
  );
// Do something that computes, and wait until that is done.
async function computed(page, action) {
  const before = await page.$eval("main", (main) => Number(main.dataset.computed));
  await action();
  await page.waitForFunction((n) => Number(document.querySelector("main").dataset.computed) > n, before);
}
const message = (page) => page.textContent("#timing");

async function open(options, path = "/?backend=wasm") {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("pageerror", (error) => seen.errors.push(error.message));
  await page.goto(origin + path);
  return page;
}

async function ready(page) {
  await page.waitForSelector("html[data-ready], #error:not([hidden])", { state: "attached", timeout: 240000 });
}

async function desktop() {
  const page = await open({ viewport: { width: 1100, height: 900 }, colorScheme: "light" });
  await ready(page);
  seen.error = await page.textContent("#error");
  seen.backend = await page.$eval("#backend", (select) => select.value);
  seen.timing = await message(page);
  seen.light = await page.$eval("body", (body) => getComputedStyle(body).backgroundColor);

  // Samples of another seed, by keyboard alone, and every size that the first canvas takes.
  await page.evaluate(() => {
    window.sizes = [];
    new MutationObserver(() => {
      const width = document.querySelector("#samples canvas")?.width;
      if (width > 1 && window.sizes.at(-1) !== width) window.sizes.push(width);
    }).observe(document.getElementById("samples"), { subtree: true, childList: true, attributes: true });
  });
  await page.focus("#samples-form input[name=seed]");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("7");
  await computed(page, () => page.keyboard.press("Enter"));
  seen.sizes = await page.evaluate(() => window.sizes);
  seen.samples = await canvases(page, "#samples");

  // The third sample, chosen by keyboard, and other details for it.
  await page.focus("#samples button:nth-child(3)");
  await page.keyboard.press("Space");
  seen.pressed = await page.$$eval("#samples button", (all) => all.map((b) => b.getAttribute("aria-pressed")));
  seen.keep = await page.$eval("#details-form", (form) => form.elements.keep.value);
  await page.focus("#details-form button");
  await computed(page, () => page.keyboard.press("Enter"));
  seen.kept = await canvases(page, "#kept");
  seen.details = await canvases(page, "#details");

  await page.fill("#walk-form input[name=from]", "7");
  await page.fill("#walk-form input[name=to]", "8");
  await page.focus("#walk-form button");
  await computed(page, () => page.keyboard.press("Enter"));
  seen.walk = await canvases(page, "#walk-all");
  await page.focus("#walk-step");
  await page.keyboard.press("End");
  seen.walkEnd = await canvases(page, "#walk-picture");

  await computed(page, () => page.setInputFiles("#file", picture));
  seen.upscaled = await canvases(page, "#upscaled");
  seen.rebuilt = await canvases(page, "#rebuilt");
  seen.captions = await page.$$eval("#results figcaption", (all) => all.map((caption) => caption.textContent));
  await page.screenshot({ path: join(shots, "light.png"), fullPage: true });

  // What goes wrong is said in words.
  const notes = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") };
  await computed(page, () => page.setInputFiles("#file", notes));
  seen.notPicture = await page.textContent("#error");
  await computed(page, () =>
    page.$eval("#samples-form", (form) => {
      form.noValidate = true;
      form.elements.seed.value = "0.5";
      form.requestSubmit();
    }),
  );
  seen.wrongSeed = await page.textContent("#error");
  await page.context().close();
}

async function phone() {
  const page = await open({ viewport: { width: 360, height: 740 }, colorScheme: "dark", isMobile: true, hasTouch: true });
  await ready(page);
  seen.dark = await page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
  seen.overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await computed(page, () => page.tap("#next-seed"));
  seen.nextSeed = await page.$eval("#samples-form", (form) => form.elements.seed.value);
  await page.screenshot({ path: join(shots, "phone.png"), fullPage: true });
  await page.context().close();
}

// What the samples' canvases show as they grow, and what the page does while its worker is busy.
async function growing() {
  const page = await open({}, "/drawn/?backend=wasm");
  await ready(page);
  await page.evaluate(() => {
    window.widths = [];
    new MutationObserver(() => {
      const widths = [...document.querySelectorAll("#samples canvas")].map((canvas) => canvas.width);
      if (String(window.widths.at(-1)) !== String(widths)) window.widths.push(widths);
    }).observe(document.getElementById("samples"), { subtree: true, childList: true, attributes: true });
  });
  await computed(page, () => page.click("#next-seed"));
  seen.widths = await page.evaluate(() => window.widths);
  seen.drawn = await canvases(page, "#samples");

  const [worker] = page.workers(); // the others are its threads
  const busy = worker.evaluate(() => {
    const end = performance.now() + 1000;
    while (performance.now() < end);
    return self.name;
  });
  seen.ticks = await page.evaluate(async () => {
    const { dataset } = document.querySelector("main");
    const before = dataset.computed;
    let ticks = 0;
    for (let clicks = 0; clicks < 3; clicks++) {
      document.getElementById("next-seed").click();
      await new Promise((resolve) => setTimeout(resolve)); // the first begins
    }
    while (Number(dataset.computed) < Number(before) + 2) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      ticks++;
    }
    return ticks;
  });
  seen.last = await page.$eval("#samples canvas", (canvas) => canvas.getAttribute("aria-label"));
  seen.worker = await busy;
  seen.refused = await worker.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
        fetch("http://127.0.0.1:9/").catch(() => setTimeout(() => resolve("asked"), 1000));
      }),
  );
  await page.context().close();
}

async function broken() {
  const page = await open({}, "/broken/?backend=wasm");
  await ready(page); // it loads twice, isolated the second time: not while another visit begins
  const pages = { broken: "broken/?backend=wasm", lost: "lost/", unknownBackend: "?backend=abacus" };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(`${origin}/${path}`);
    await ready(page);
    seen[name] = await page.textContent("#error");
  }
  await page.goto(`${origin}/part/?backend=wasm`);
  await ready(page);
  await computed(page, () => page.setInputFiles("#file", picture));
  seen.part = await page.textContent("#error");
  await computed(page, () => page.click("#next-seed"));
  seen.wentOn = await page.$eval("#error", (error) => error.hidden);
  await page.context().close();
}

try {
  for (const visit of [desktop, phone, growing, broken]) await visit();
  await writeFile(answers, JSON.stringify({ ...seen, origin }));
} finally {
  await browser.close();
  close();
}
