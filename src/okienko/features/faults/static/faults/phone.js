// A call is taken without the mouse: the cursor stands where the telling begins, streets are suggested.
import { suggest } from "./streets.js";

const TWICE = 3000;
const form = document.querySelector("form.intake");
form.elements.category.focus();
suggest(form.elements.street, form.dataset.streets, () => {});

// A button that is pressed twice registers once.
let sent = -TWICE;
form.addEventListener("submit", (event) => {
  if (event.timeStamp - sent < TWICE) event.preventDefault();
  else sent = event.timeStamp;
});
