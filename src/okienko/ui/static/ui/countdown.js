// Time left, counted every second for the eye and said at a few set moments for the ear.
const SAID_AT = [600, 300, 120, 60, 30, 10];
const HOUR = 3600;

function inWords(number, unit) {
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(number);
}

// As the page says it before scripts run: with more than an hour left nobody counts seconds.
function shown(left) {
  if (left < HOUR) return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const minutes = Math.ceil(left / 60);
  const hours = inWords(Math.floor(minutes / 60), "hour");
  return minutes % 60 ? `${hours} ${inWords(minutes % 60, "minute")}` : hours;
}

for (const place of document.querySelectorAll("[data-countdown]")) {
  const clock = place.querySelector("[data-clock]");
  const said = place.querySelector("[data-said]");
  const end = performance.now() + Number(place.dataset.countdown) * 1000;
  let before = Infinity;

  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    clock.textContent = shown(left);
    place.classList.toggle("ending", left <= 60);
    const moment = SAID_AT.find((at) => left <= at && before > at);
    if (moment && before !== Infinity) {
      const [words, number] = left > 60 ? [place.dataset.sayMinutes, Math.ceil(left / 60)] : [place.dataset.saySeconds, left];
      said.textContent = words.replace("{number}", number);
    }
    before = left;
    if (left > 0) return;
    clearInterval(timer);
    said.textContent = place.dataset.sayOver;
    if (place.dataset.over) window.location.assign(place.dataset.over);
  };

  const timer = setInterval(tick, 1000);
  tick();
}
