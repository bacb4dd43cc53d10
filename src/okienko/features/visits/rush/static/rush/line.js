// One's place in the line: taken without leaving the page, asked for when the server says, shown at once, read aloud
// once a minute and near the end.
const SAY_EVERY = 60000;
const NEAR = 3;
const PATIENCE = 15000;

const line = document.querySelector("[data-line]");
const words = line.querySelector("[data-line-words]");
const said = line.querySelector("[data-line-said]");
const heading = document.querySelector("[data-line-heading]");
const door = document.querySelector("[data-door]");
let state = line.dataset.state;
const gone = "gone" in line.dataset;
let saidAt = performance.now();

function show(told) {
  if (told.state !== state) {
    if (told.state !== "early") for (const part of line.querySelectorAll("[data-line-early]")) part.remove();
    heading.textContent = told.heading;
    said.textContent = `${told.heading}. ${told.words}`;
    state = told.state;
  } else if (told.words !== words.textContent && (told.ahead <= NEAR || performance.now() - saidAt > SAY_EVERY)) {
    said.textContent = told.words;
    saidAt = performance.now();
  }
  words.textContent = told.words;
  document.title = `${told.title} ${line.dataset.matter}`;
}

async function ask() {
  let after = 10;
  try {
    const answer = await fetch(line.dataset.line, {
      method: "POST",
      credentials: "omit",
      headers: { "Accept-Language": document.documentElement.lang },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 404) return location.reload();
    if (answer.ok) {
      const told = await answer.json();
      if (told.go) return location.assign(told.go);
      if (!told.words || told.gone !== gone) return location.reload();
      show(told);
      after = told.after;
    }
  } catch {
    // Without a network the page stays as it is and asks again.
  }
  setTimeout(ask, after * 1000);
}

async function join(form) {
  let told;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
    });
    told = await answer.json();
    if (told.go) return location.assign(told.go);
    if (told.gone) return location.reload();
    line.dataset.line = told.look;
    show(told);
  } catch {
    return form.submit();
  }
  door.remove();
  line.querySelector("[data-line-place]").hidden = false;
  heading.focus();
  setTimeout(ask, told.after * 1000);
}

if (line.dataset.line) setTimeout(ask, Number(line.dataset.after) * 1000);

// Work that is still being done stops the form, and sends it again when it is done.
document.querySelector("form[data-join]")?.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  join(event.target);
});
