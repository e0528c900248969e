// The service worker: a judge's sheet opens without the server. It keeps pages and files, never marks: those are in IndexedDB.
/** @type {any} */
const worker = self;
const PAGES = "jinbang-pages-1";
const FILES = "jinbang-files-1";
const PATIENCE = 4000;
const HASHED = /\.[0-9a-f]{12}\.|chunk-.*-[A-Z0-9]{8}\./;
const GATEWAY = new Set([502, 503, 504]);

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => {
  const known = new Set([PAGES, FILES]);
  const clean = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("jinbang-") && !known.has(name)).map((name) => caches.delete(name))));
  event.waitUntil(Promise.all([clean, worker.clients.claim()]));
});

/** Keep a page and the files it was made of. @param {string[]} pages @param {string[]} files */
async function keep(pages, files) {
  const [pageCache, fileCache] = await Promise.all([caches.open(PAGES), caches.open(FILES)]);
  await Promise.all([
    ...pages.map(async (address) => {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(`not kept: ${address}`);
      await pageCache.put(address, answer);
    }),
    ...files.map(async (address) => {
      if (HASHED.test(address) && (await fileCache.match(address, { ignoreVary: true }))) return;
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`not kept: ${address}`);
      await fileCache.put(address, answer);
    }),
  ]);
}

worker.addEventListener("message", (/** @type {any} */ event) => {
  const { type, pages = [], files = [] } = event.data ?? {};
  const reply = (/** @type {object} */ what) => event.ports[0]?.postMessage(what);
  if (type === "keep") event.waitUntil(keep(pages, files).then(() => reply({ kept: true }), (error) => reply({ kept: false, why: String(error) })));
  if (type === "forget") event.waitUntil(caches.delete(PAGES).then(() => reply({ kept: false })));
});

/** The network if it answers in time, else what was kept. @param {Request} request @param {string} name @param {number} patience */
async function fresh(request, name, patience) {
  const cache = await caches.open(name);
  const network = fetch(request).then((answer) => {
    if (answer.ok && !answer.redirected && answer.type === "basic") cache.put(request.url.split("#")[0], answer.clone());
    return answer;
  });
  const late = new Promise((resolve) => setTimeout(resolve, patience, null));
  try {
    const answer = await Promise.race([network, late]);
    if (answer && !GATEWAY.has(answer.status)) return answer;
    return (await cache.match(request.url, { ignoreVary: true })) ?? (await network);
  } catch (error) {
    const kept = await cache.match(request.url.split("#")[0], { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== worker.location.origin) return;
  if (request.method === "POST" && pathname === "/people/sign-out/") event.waitUntil(caches.delete(PAGES));
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && pathname.startsWith("/contests/sheets/")) event.respondWith(fresh(request, PAGES, PATIENCE));
  else if (pathname.startsWith("/static/") && HASHED.test(pathname)) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  } else if (pathname.startsWith("/static/") || pathname === "/manifest.webmanifest") event.respondWith(fresh(request, FILES, PATIENCE));
});
