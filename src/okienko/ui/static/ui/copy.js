// Beside a number that people read out or pass on, or a text for another page: a button that copies it.
function show(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.parentElement.querySelector("[data-copy-text]");
  await navigator.clipboard.writeText((text.value ?? text.textContent).trim());
  const said = button.parentElement.querySelector("[role=status]");
  said.textContent = button.dataset.copied;
  setTimeout(() => (said.textContent = ""), 4000);
});

document.addEventListener("htmx:load", (event) => show(event.target));
show(document);
