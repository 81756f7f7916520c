// node walks.mjs WEB CHROMIUM SITE BACKEND REQUESTS ANSWERS: walks in Chromium, on one backend.

import { readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, serve } from "./serve.mjs";

const [web, chromium, site, backend, requests, answers] = process.argv.slice(2);
const { origin, close } = await serve({ "/": site, "/tests/": dirname(fileURLToPath(import.meta.url)) });
const browser = await launch(web, chromium);
try {
  const page = await browser.newPage();
  await page.goto(`${origin}/LICENSES.txt`); // any page of the site that runs nothing by itself
  const result = await page.evaluate(
    async ([origin, wanted, requests]) => {
      const library = await import(`${origin}/library.js`);
      const { answer } = await import(`${origin}/tests/answer.mjs`);
      const { model, backend } = await library.loadModel(`${origin}/model/`, wanted);
      return { backend, answers: await answer(model, library, requests) };
    },
    [origin, backend, JSON.parse(await readFile(requests))],
  );
  await writeFile(answers, JSON.stringify(result));
} finally {
  await browser.close();
  close();
}
