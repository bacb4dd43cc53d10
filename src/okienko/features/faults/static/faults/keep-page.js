// The page on which a report can be written without a network is kept before it is needed.
const { worker } = document.querySelector("[data-worker]").dataset;

navigator.serviceWorker?.register(worker).catch(() => {}); // without it, the page works where there is a network

// Who wrote without a network and comes back where there is one finds the way to what has not gone out.
const sign = document.querySelector("[data-kept-here]");
const asked = sign && indexedDB.open("okienko-reports", 1);
if (asked) {
  asked.onupgradeneeded = () => asked.transaction.abort(); // nothing has ever been kept here
  asked.onsuccess = () => {
    const reports = asked.result.transaction("reports").objectStore("reports").getAll();
    reports.onsuccess = () => (sign.hidden = reports.result.every(({ state }) => state === "sent"));
  };
}
