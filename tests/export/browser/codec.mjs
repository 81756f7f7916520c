// node codec.mjs WEB REQUESTS ANSWERS: compressed pictures in Node, on WebAssembly.

import { readFile, writeFile } from "node:fs/promises";

const [web, requests, answers] = process.argv.slice(2);
const { startWasm } = await import(`${web}/src/node.js`);
const { CodecModels } = await import(`${web}/src/codec/models.js`);
const { decodePicture } = await import(`${web}/src/codec/picture.js`);
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

// The sizes of a file that come, as {..., pixels}, and what ends them.
async function decode(file, models) {
  const steps = [];
  try {
    for await (const step of decodePicture(file, { models, most: 1 << 20 })) {
      steps.push({ ...step, pixels: Buffer.from(step.pixels.buffer).toString("base64") });
    }
    return { steps, error: null };
  } catch (error) {
    return { steps, error: error.message };
  }
}

const { model, files, wrong } = JSON.parse(await readFile(requests));
await startWasm();
const models = new CodecModels();
const missing = await decode(bytes(files[0]), models);
const refused = [];
for (const text of wrong) refused.push(await models.add(bytes(text)).then(() => null, (error) => error.message));
const { hash } = await models.add(bytes(model));
const decoded = [];
for (const text of files) decoded.push(await decode(bytes(text), models));
await writeFile(answers, JSON.stringify({ hash, missing: missing.error, refused, decoded }));
