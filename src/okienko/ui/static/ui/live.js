// Live pages: <main data-live="case:1047113" data-live-url="…"> listens, and when something has changed asks for this
// same page and puts its parts marked data-live-part (each with an id) in place of those shown. What somebody is
// filling in or has opened is never taken away: such a part waits until the focus has left it.
// Without scripts, without a connection, without an address: the page stays as it came.
const PAUSE = 300;
const COME_BACK = 60_000;
let source = null;
let patience = COME_BACK;

function start(main) {
  const address = new URL(main.dataset.liveUrl || "/live/", location.href);
  address.searchParams.set("topics", main.dataset.live);
  source?.close();
  source = new EventSource(address, { withCredentials: true });
  let waiting = null;
  source.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh(main), PAUSE);
  });
  source.addEventListener("open", () => (patience = COME_BACK));
  // A browser mends a broken line by itself, but takes every answer other than a stream for the last word: that of a
  // proxy whose server is just starting, too.
  source.addEventListener("error", ({ target }) => {
    if (target.readyState !== EventSource.CLOSED) return;
    setTimeout(() => comeBack(main), patience);
    patience *= 2;
  });
}

async function comeBack(main) {
  if (await refresh(main)) start(main);
}

// Whether there is still something to listen for.
async function refresh(main) {
  let page;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return answer.status >= 500;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return true;
  }
  let changed = false;
  for (const part of main.querySelectorAll("[data-live-part][id]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.innerHTML === part.innerHTML) continue;
    if (part.contains(document.activeElement) || part.querySelector("details[open], :checked:not(option)")) {
      part.addEventListener("focusout", () => setTimeout(() => refresh(main), PAUSE), { once: true });
      continue;
    }
    part.replaceWith(document.adoptNode(fresh));
    window.htmx?.process(fresh);
    changed = true;
  }
  if (changed) announce(main);
  return true;
}

function announce(main) {
  const words = main.dataset.liveWords;
  if (!words) return;
  let status = document.getElementById("live-status");
  if (!status) {
    status = document.createElement("p");
    status.id = "live-status";
    status.className = "unseen";
    status.setAttribute("role", "status");
    main.append(status);
  }
  status.textContent = "";
  setTimeout(() => (status.textContent = words), 50);
}

const main = document.querySelector("main[data-live]");
if (main && "EventSource" in window) {
  start(main);
  addEventListener("pagehide", () => source.close());
  // By the button that goes back a page is shown as it was left.
  addEventListener("pageshow", ({ persisted }) => persisted && comeBack(main));
}
