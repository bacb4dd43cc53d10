// Pages that nobody touches: every few seconds the parts marked data-live-part are asked for anew, and after
// data-leave-after seconds a page of the kiosk makes room for the next visitor. Touching the page puts that off.
const main = document.querySelector("main [data-every]");
const leaving = document.querySelector("[data-leave-after]");

async function refresh() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live-part][id]")) {
      const fresh = page.getElementById(part.id);
      if (!fresh || fresh.innerHTML === part.innerHTML || part.contains(document.activeElement)) continue;
      part.replaceWith(document.adoptNode(fresh));
      document.dispatchEvent(new CustomEvent("part-changed", { detail: fresh }));
    }
  } catch {
    // Without a network the page stays as it is and asks again.
  }
}

if (main) setInterval(refresh, Number(main.dataset.every) * 1000);

if (leaving) {
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.assign(leaving.href), Number(leaving.dataset.leaveAfter) * 1000);
  };
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, wait);
  wait();
}
