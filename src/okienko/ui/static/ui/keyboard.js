// Keys of one letter: ? for help, / for the search box.
import { isForThePage } from "./letters.js";

document.addEventListener("keydown", (event) => {
  if (!isForThePage(event)) return;
  if (event.key === "?") {
    document.getElementById("keyboard-help")?.showModal();
    event.preventDefault();
  }
  if (event.key === "/") {
    const boxes = [...document.querySelectorAll("[data-shortcut='/']")];
    const box = boxes.find((one) => one.checkVisibility?.() ?? one.offsetParent) ?? boxes[0];
    if (!box) return;
    const folded = box.closest("details:not([open])");
    if (folded) folded.open = true;
    box.focus();
    event.preventDefault();
  }
});
