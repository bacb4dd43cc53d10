// What the browser kept for its back button is the page of the visitor before: the next one gets a page of their own.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
