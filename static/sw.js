// The page without a network, after the first visit. It is registered by the whole page only, with
// the names of the files that belong together: `sw.js?file=…&file=…`. The names carry hashes of
// the contents, so another build is another worker with a cache of its own. A cache is filled as
// a whole or not at all, and the document in it is the one that names these files: no visit can
// get a program and a document that do not fit together.

const files = new URLSearchParams(location.search).getAll('file');
const scope = new URL('./', location.href).href;
const urls = files.map((file) => scope + file);
const NAME = `interleave ${scope} `;
const cacheName = NAME + files.join(' ');

/** The document as it is now, if it is the one that belongs to these files. */
async function fetchPage() {
  const page = await fetch(scope, { cache: 'no-cache' });
  const text = await page.text();
  if (!page.ok || !files.every((file) => text.includes(file))) throw new Error('another build');
  // A new response: one that was redirected must not answer a visit.
  return new Response(text, { headers: page.headers });
}

async function fill() {
  // The page has just loaded them: what the browser keeps need not be fetched again.
  const responses = await Promise.all(urls.map((url) => fetch(url, { cache: 'force-cache' })));
  if (!responses.every((response) => response.ok)) throw new Error('a file is missing');
  const page = await fetchPage();
  const cache = await caches.open(cacheName);
  await Promise.all(urls.map((url, at) => cache.put(url, responses[at])));
  await cache.put(scope, page);
}

async function forgetOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(NAME) && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

const kept = async (url) => (await caches.open(cacheName)).match(url);

/** The document comes from the network, where there is one. */
async function pageFirst(request) {
  try {
    const response = await fetch(request);
    if (response.ok) return response;
    return (await kept(scope)) ?? response;
  } catch (error) {
    const page = await kept(scope);
    if (page) return page;
    throw error;
  }
}

addEventListener('install', (event) => {
  skipWaiting();
  event.waitUntil(fill());
});

addEventListener('activate', (event) => event.waitUntil(forgetOthers()));

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = request.url.split(/[?#]/)[0];
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    if (url === scope || url === `${scope}index.html`) event.respondWith(pageFirst(request));
  } else if (urls.includes(request.url)) {
    event.respondWith(kept(request.url).then((response) => response ?? fetch(request)));
  }
});
