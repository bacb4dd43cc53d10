// A call is taken without the mouse: the cursor stands where the telling begins, streets are suggested.
import { suggest } from "./streets.js";

const form = document.querySelector("form.intake");
form.elements.category.focus();
suggest(form.elements.street, form.dataset.streets, () => {});
