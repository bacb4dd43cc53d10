// Lists: j and k walk through the rows, Enter opens, x selects; how many are selected is counted aloud.
// Listens on the document, so that lists that htmx has brought are served too.
import { isForThePage } from "./letters.js";

const boxesOf = (list) => [...list.querySelectorAll("input[name=selected]")];

function count(list) {
  const place = list.querySelector("[data-selected-count]");
  if (!place) return;
  const number = boxesOf(list).filter((box) => box.checked).length;
  place.textContent = number ? place.dataset.words.replace("{number}", number) : "";
}

function prepare(root) {
  for (const label of root.querySelectorAll("[data-select-all]")) label.hidden = false;
}

function walk(list, step) {
  const rows = [...list.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.hasAttribute("data-here"));
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
  for (const row of rows) row.toggleAttribute("data-here", row === next);
  const target = next.querySelector("[data-open]") ?? next.querySelector("input");
  target?.focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-list]");
  if (!list) return;
  if (event.target.closest("[data-select-all]")) {
    for (const box of boxesOf(list)) box.checked = event.target.checked;
  }
  count(list);
});

document.addEventListener("keydown", (event) => {
  if (!isForThePage(event)) return;
  const list = event.target.closest?.("[data-list]") ?? document.querySelector("[data-list]");
  if (!list) return;
  if (event.key === "j") walk(list, 1);
  else if (event.key === "k") walk(list, -1);
  else if (event.key === "x") {
    const box = list.querySelector("[data-row][data-here] input[name=selected]");
    if (!box) return;
    box.checked = !box.checked;
    count(list);
  } else return;
  event.preventDefault();
});

document.addEventListener("htmx:load", (event) => prepare(event.target));
prepare(document);
