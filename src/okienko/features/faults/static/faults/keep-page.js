// The page on which a report can be written without a network is kept before it is needed.
const { worker } = document.querySelector("[data-worker]").dataset;

navigator.serviceWorker?.register(worker).catch(() => {}); // without it, the page works where there is a network
