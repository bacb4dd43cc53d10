// Keeps the one page on which a report can be written without a network, with what it needs to look and work.
const KEPT = "okienko-reports";
const PAGE = "{{ page }}";

async function keep(answer) {
  const cache = await caches.open(KEPT);
  const text = await answer.clone().text();
  const needed = [...text.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js)(?:\?[^"]*)?)"/g)].map((found) => found[1]);
  const old = (await cache.keys()).filter(({ url }) => ![PAGE, ...needed].some((path) => url.endsWith(path)));
  await cache.addAll(needed);
  await cache.put(PAGE, answer);
  await Promise.all(old.map((request) => cache.delete(request)));
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(PAGE).then(keep));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  const kept = async (path) => (await caches.open(KEPT)).match(path);
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await kept(PAGE)) ?? Response.error()));
  } else {
    event.respondWith(fetch(request).catch(async () => (await kept(request)) ?? Response.error()));
  }
});
