// The page as a host serves it, and a browser to visit it with: for tests and for programs.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { chromium } from 'playwright-core';

export const project = resolve(fileURLToPath(import.meta.url), '../../..');
export const dist = resolve(process.env.INTERLEAVE_DIST ?? join(project, 'dist'));

const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];
const BROWSER_FLAGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing but this machine has a name: what escaped every other watch goes nowhere.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.scenario': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/**
 * Serves `dist/` below `base`, on a port that the system chooses; with `compress` as public hosts
 * do, each file compressed once.
 */
export async function serve({ base = '/', headers = {}, directory = dist, compress } = {}) {
  const packed = new Map();
  if (!existsSync(join(directory, 'index.html'))) {
    throw new Error(`${directory} holds no page: run \`cargo xtask build\` first`);
  }
  const requests = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://server').pathname);
    requests.push(path);
    // As public static hosts do: in a sandboxed frame the page's own modules come from an opaque
    // origin, and a browser takes them only if the host lets every origin read.
    const common = { 'access-control-allow-origin': '*', 'cache-control': 'no-cache', ...headers };
    if (path === FRAME_PATH) return answer(response, 200, 'text/html', framePage(request.url));
    const file = path.startsWith(base) ? normalize(path.slice(base.length - 1)) : undefined;
    const found = file && fileIn(directory, file);
    if (!found) return answer(response, 404, 'text/plain', `nothing at ${path}`, common);
    const type = TYPES[extname(found)] ?? 'application/octet-stream';
    if (!compress) return answer(response, 200, type, readFileSync(found), common);
    if (!packed.has(found)) packed.set(found, brotliCompressSync(readFileSync(found)));
    const encoded = { ...common, 'content-encoding': 'br' };
    answer(response, 200, type, packed.get(found), encoded);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const close = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { origin, root: origin + base, requests, close };
}

export const FRAME_PATH = '/__frame';

/** A page of a host that embeds ours, and keeps what it is sent. */
function framePage(url) {
  const { searchParams } = new URL(url, 'http://server');
  const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!doctype html><title>A host</title><link rel="icon" href="data:,">
    <script>
      received = [];
      addEventListener('message', (event) => received.push(event.data));
      send = (message) => document.querySelector('iframe').contentWindow.postMessage(message, '*');
    </script>
    <style>body{margin:0} iframe{border:0;width:100%;height:100vh;display:block}</style>
    <iframe title="Interleave" sandbox="${escape(searchParams.get('sandbox'))}"
      src="${escape(searchParams.get('src'))}"></iframe>`;
}

function fileIn(directory, path) {
  const file = join(directory, path.endsWith('/') ? `${path}index.html` : path);
  return file.startsWith(directory) && existsSync(file) && statSync(file).isFile() ? file : undefined;
}

function answer(response, status, type, body, headers = {}) {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
}

/** Starts the browser. `flags` are further ones. */
export function launch(flags = []) {
  return chromium.launch({ executablePath: browserPath(), args: [...BROWSER_FLAGS, ...flags] });
}

function browserPath() {
  const named = process.env.INTERLEAVE_BROWSER;
  if (named) return named;
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const found = BROWSERS.map((name) => join(directory, name)).find((path) => existsSync(path));
    if (found) return found;
  }
  throw new Error('no Chromium or Chrome on the PATH; INTERLEAVE_BROWSER may name one');
}
