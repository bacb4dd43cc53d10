// How far a long piece of work is: asked for every two seconds until it is over. Without scripts the link does it.
const EVERY = 2000;

async function ask() {
  const shown = document.getElementById("progress");
  let fresh;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("progress");
  } catch {
    setTimeout(ask, EVERY);
    return;
  }
  if (!fresh) return;
  if (fresh.dataset.progress === "over") {
    location.reload();
    return;
  }
  if (!shown.contains(document.activeElement)) shown.replaceWith(document.adoptNode(fresh));
  setTimeout(ask, EVERY);
}

setTimeout(ask, EVERY);
