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

async function fresh(event) {
  const answer = await fetch(event.request);
  // Categories and their questions change: what is kept is the page as it was seen last.
  if (answer.ok && new URL(event.request.url).pathname === PAGE) event.waitUntil(keep(answer.clone()));
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  // Without a network, the page as it was seen last is better than none, in whatever language that was.
  const kept = async (path) => (await caches.open(KEPT)).match(path, { ignoreVary: true });
  const instead = request.mode === "navigate" ? PAGE : request;
  event.respondWith(fresh(event).catch(async () => (await kept(instead)) ?? Response.error()));
});
