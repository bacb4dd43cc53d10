// A calendar beside a field for a day. By keyboard as in the WAI-ARIA pattern of a dialog with a grid of days.
import { element, icon } from "./elements.js";

const lang = document.documentElement.lang;
const DAY = 24 * 3600 * 1000;
const monthName = new Intl.DateTimeFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" });
const dayName = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeZone: "UTC" });
const weekdayShort = new Intl.DateTimeFormat(lang, { weekday: "short", timeZone: "UTC" });
const weekdayLong = new Intl.DateTimeFormat(lang, { weekday: "long", timeZone: "UTC" });
const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

const iso = (day) => day.toISOString().slice(0, 10);
const typed = (day) => iso(day).split("-").reverse().join(".");
const plus = (day, days) => new Date(day.getTime() + days * DAY);
const weekday = (day) => (day.getUTCDay() + 6) % 7;

function today() {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
}

function plusMonths(day, months) {
  const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + months, Math.min(day.getUTCDate(), last)));
}

function read(text) {
  const match = /^\s*(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})\s*$/.exec(text);
  if (!match) return null;
  const day = new Date(Date.UTC(Number(match[3]), Number(match[2]) - 1, Number(match[1])));
  return day.getUTCDate() === Number(match[1]) ? day : null;
}

const arrow = (label, path) => element("button", { type: "button", class: "button", "aria-label": label }, icon(path));

function enhance(input) {
  const words = JSON.parse(input.dataset.datePicker);
  const opener = arrow(words.open, "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5");
  const line = element("div", { class: "with-picker" });
  input.removeAttribute("data-date-picker");
  input.replaceWith(line);
  line.append(input, opener);

  const heading = element("h2", { "aria-live": "polite", id: `${input.id}-picker-month` });
  const grid = element("table", { role: "grid", "aria-labelledby": heading.id });
  const buttons = [
    arrow(words.previousYear, "m18 6-6 6 6 6M11 6l-6 6 6 6"),
    arrow(words.previous, "m15 6-6 6 6 6"),
    arrow(words.next, "m9 6 6 6-6 6"),
    arrow(words.nextYear, "m6 6 6 6-6 6M13 6l6 6-6 6"),
  ];
  const close = element("button", { type: "button", class: "button" }, words.close);
  const dialog = element("dialog", { class: "picker", "aria-label": words.open });
  dialog.append(
    element("div", { class: "picker-head" }, buttons[0], buttons[1], heading, buttons[2], buttons[3]),
    grid,
    element("p", { class: "help" }, words.keys),
    close,
  );
  line.append(dialog);

  let here = today();
  const isOffered = (day) =>
    (!input.dataset.min || iso(day) >= input.dataset.min) && (!input.dataset.max || iso(day) <= input.dataset.max);

  function draw(focus) {
    heading.textContent = monthName.format(here);
    const chosen = read(input.value);
    const first = new Date(Date.UTC(here.getUTCFullYear(), here.getUTCMonth(), 1));
    const start = plus(first, -weekday(first));
    const head = element("tr", { role: "row" });
    for (let n = 0; n < 7; n += 1) {
      const day = plus(start, n);
      head.append(element("th", { scope: "col", role: "columnheader", abbr: weekdayLong.format(day) }, weekdayShort.format(day).replace(".", "")));
    }
    const body = element("tbody", { role: "rowgroup" });
    for (let week = start; week <= here || week.getUTCMonth() === here.getUTCMonth(); week = plus(week, 7)) {
      const row = element("tr", { role: "row" });
      for (let n = 0; n < 7; n += 1) {
        const day = plus(week, n);
        const button = element("button", { type: "button", tabindex: iso(day) === iso(here) ? "0" : "-1", "data-day": iso(day), "aria-label": dayName.format(day) }, String(day.getUTCDate()));
        button.disabled = !isOffered(day);
        if (day.getUTCMonth() !== here.getUTCMonth()) button.className = "outside";
        if (iso(day) === iso(today())) button.setAttribute("aria-current", "date");
        row.append(element("td", { role: "gridcell", "aria-selected": chosen && iso(chosen) === iso(day) ? "true" : "false" }, button));
      }
      body.append(row);
    }
    grid.replaceChildren(element("thead", { role: "rowgroup" }, head), body);
    if (focus) grid.querySelector(`[data-day="${iso(here)}"]`)?.focus();
  }

  function go(day, focus = true) {
    if (input.dataset.min && iso(day) < input.dataset.min) day = new Date(input.dataset.min);
    if (input.dataset.max && iso(day) > input.dataset.max) day = new Date(input.dataset.max);
    here = day;
    draw(focus);
  }

  opener.addEventListener("click", () => {
    dialog.showModal();
    go(read(input.value) ?? today());
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => opener.focus());
  buttons.forEach((button, place) => button.addEventListener("click", () => go(plusMonths(here, [-12, -1, 1, 12][place]), false)));
  grid.addEventListener("click", (event) => {
    const button = event.target.closest("[data-day]");
    if (!button) return;
    input.value = typed(new Date(button.dataset.day));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    dialog.close();
  });
  grid.addEventListener("keydown", (event) => {
    let day = null;
    if (event.key in MOVES) day = plus(here, MOVES[event.key]);
    else if (event.key === "Home") day = plus(here, -weekday(here));
    else if (event.key === "End") day = plus(here, 6 - weekday(here));
    else if (event.key === "PageUp") day = plusMonths(here, event.shiftKey ? -12 : -1);
    else if (event.key === "PageDown") day = plusMonths(here, event.shiftKey ? 12 : 1);
    if (!day) return;
    event.preventDefault();
    go(day);
  });
}

const enhanceAll = (root) => root.querySelectorAll("input[data-date-picker]").forEach(enhance);
document.addEventListener("htmx:load", (event) => enhanceAll(event.target));
enhanceAll(document);
