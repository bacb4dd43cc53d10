// A list of hours beside a field for an hour: arrows, Home and End move, Enter chooses.
import { element, icon } from "./elements.js";

const CLOCK = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2";

function enhance(input) {
  const words = JSON.parse(input.dataset.timePicker);
  const step = Number(input.dataset.step ?? 15);
  const from = Number(input.dataset.from ?? 7 * 60);
  const to = Number(input.dataset.to ?? 19 * 60);
  const opener = element("button", { type: "button", class: "button", "aria-label": words.open }, icon(CLOCK));
  const line = element("div", { class: "with-picker" });
  input.removeAttribute("data-time-picker");
  input.replaceWith(line);
  line.append(input, opener);

  const hours = element("div", { role: "listbox", class: "times", tabindex: "0", "aria-label": words.title });
  const options = [];
  for (let minute = from; minute <= to; minute += step) {
    const text = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
    options.push(element("div", { role: "option", id: `${input.id}-at-${minute}`, "aria-selected": "false" }, text));
  }
  hours.append(...options);
  const close = element("button", { type: "button", class: "button" }, words.close);
  const dialog = element("dialog", { class: "picker", "aria-label": words.open }, hours, close);
  line.append(dialog);

  let here = 0;
  function go(place) {
    here = Math.min(Math.max(place, 0), options.length - 1);
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === here)));
    hours.setAttribute("aria-activedescendant", options[here].id);
    options[here].scrollIntoView({ block: "nearest" });
  }
  function choose() {
    input.value = options[here].textContent;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    dialog.close();
  }

  opener.addEventListener("click", () => {
    dialog.showModal();
    hours.focus();
    go(Math.max(options.findIndex((option) => option.textContent >= input.value.padStart(5, "0")), 0));
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => opener.focus());
  hours.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    go(options.indexOf(option));
    choose();
  });
  hours.addEventListener("keydown", (event) => {
    const wide = Math.max(1, options.findIndex((option) => option.offsetTop > options[0].offsetTop));
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide, Home: -options.length, End: options.length };
    if (event.key in moves) go(here + moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") choose();
    else return;
    event.preventDefault();
  });
}

const enhanceAll = (root) => root.querySelectorAll("input[data-time-picker]").forEach(enhance);
document.addEventListener("htmx:load", (event) => enhanceAll(event.target));
enhanceAll(document);
