// Build the page that the Python package ships: `npm ci && npm run build`.

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { main as compile } from "assemblyscript/asc";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "..", "tf_selfvae", "export", "page");
const library = join(here, "node_modules", "@tensorflow");

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });

const result = await build({
  absWorkingDir: here,
  entryPoints: {
    page: "page/main.js",
    sampler: "page/sampler.js",
    decoder: "page/decoder.js",
    library: "src/library.js",
  },
  outdir: target,
  bundle: true,
  format: "esm",
  splitting: true, // each backend is a file of its own, loaded when it is the one
  minify: true,
  target: "es2022",
  chunkNames: "chunk-[hash]",
  legalComments: "none", // whole licences are in LICENSES.txt
  define: { "process.env.NODE_ENV": '"production"' },
  metafile: true,
  logLevel: "info",
});

const options = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd,bulk-memory"];
const { error, stderr } = await compile(["src/pixels.ts", "--baseDir", here, "--outFile", "pixels.wasm", ...options], {
  writeFile: (name, contents) => writeFile(join(target, name), contents),
});
if (error) throw new Error(`${error.message}\n${stderr}`);

const wasm = join(library, "tfjs-backend-wasm", "dist");
for (const name of await readdir(wasm)) {
  if (name.endsWith(".wasm")) await copyFile(join(wasm, name), join(target, name));
}
for (const name of ["index.html", "style.css", "isolate.js", "opened.js"]) {
  await copyFile(join(here, "page", name), join(target, name));
}
await writeFile(join(target, "LICENSES.txt"), await licences(result.metafile));

// The licence of every package that the bundle holds code of.
async function licences(metafile) {
  const packages = new Set(["node_modules/assemblyscript"]); // its exponential is in pixels.wasm
  for (const input of Object.keys(metafile.inputs)) {
    if (input.startsWith("(disabled)")) continue; // nothing of it is in the bundle
    const match = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
    if (match) packages.add(match[1]);
  }
  const texts = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(here, folder, "package.json")));
    const files = await readdir(join(here, folder));
    const file = files.find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(join(here, folder, file), "utf8") : await notice(name);
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return `This page holds code of these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

// Packages without a licence file: seedrandom has it in its README, those of TensorFlow.js share one.
async function notice(name) {
  const shared = name.startsWith("@tensorflow/");
  const text = await readFile(join(here, "licences", `${shared ? "Apache-2.0" : name}.txt`), "utf8");
  return shared ? `Copyright the TensorFlow.js authors (Google LLC).\n\n${text}` : text;
}
