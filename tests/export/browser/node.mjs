// node node.mjs WEB MODEL REQUESTS ANSWERS: walks in Node, on WebAssembly.

import { readFile, writeFile } from "node:fs/promises";
import { answer } from "./answer.mjs";

const [web, folder, requests, answers] = process.argv.slice(2);
const { loadModel } = await import(`${web}/src/node.js`);
const noise = await import(`${web}/src/noise.js`);
const model = await loadModel(folder);
await writeFile(answers, JSON.stringify(await answer(model, noise, JSON.parse(await readFile(requests)))));
