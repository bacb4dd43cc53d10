// When the time is over, the form goes as it is: what was typed is there when one begins again.
const form = document.querySelector("form[data-typed]");
const left = Number(document.querySelector("[data-countdown]").dataset.countdown);

setTimeout(() => form.submit(), (left + 1) * 1000);
