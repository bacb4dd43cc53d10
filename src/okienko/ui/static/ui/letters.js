// Keys of one letter do something only for those who have not switched them off, and never while one types.
const TYPED_INTO = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

export function isForThePage(event) {
  if (document.documentElement.dataset.shortcuts === "off") return false;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPED_INTO)) return false;
  return !document.querySelector("dialog[open]");
}
