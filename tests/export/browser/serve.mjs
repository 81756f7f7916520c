// A static web server that sends no headers beyond the type, and a headless Chromium to visit it.

import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".txt": "text/plain",
  ".wasm": "application/wasm",
};
// The processor stands in for a graphics card, so that WebGL runs anywhere.
const ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

/** Serve `folders`, an object of address prefix to folder; the longest prefix wins. */
export async function serve(folders) {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const prefix = prefixes.find((start) => pathname.startsWith(start));
    let file = prefix && join(folders[prefix], normalize(`/${pathname.slice(prefix.length)}`));
    if (file && existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    if (!file || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}

/** Start Chromium; `web` is the folder that playwright-core is installed in. */
export function launch(web, executablePath) {
  const { chromium } = createRequire(`${web}/`)("playwright-core");
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
