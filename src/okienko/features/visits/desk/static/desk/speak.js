// The display says aloud whom a counter calls. Browsers speak only after somebody has asked for it on the page.
const button = document.querySelector("[data-speak]");
const said = new Set();

function calls() {
  return [...document.querySelectorAll("[data-call]")];
}

function speak(text) {
  const words = new SpeechSynthesisUtterance(text);
  words.lang = document.documentElement.lang;
  speechSynthesis.speak(words);
}

if (button && "speechSynthesis" in window) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (!on) return speechSynthesis.cancel();
    for (const call of calls()) said.add(call.dataset.call);
    speak(button.dataset.speak);
  });
  document.addEventListener("part-changed", () => {
    if (button.getAttribute("aria-pressed") !== "true") return;
    for (const call of calls().reverse()) {
      if (said.has(call.dataset.call)) continue;
      said.add(call.dataset.call);
      speak(call.dataset.words);
    }
  });
}
