// Keys of one letter, for those who have not switched them off: ? for help, / for the search box.
const isTyping = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
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
