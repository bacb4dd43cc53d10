// A piece of work before booking, done by a worker while one reads the page. Who presses the button earlier waits a
// moment; where no worker can do it, the form goes as it is and the visit is confirmed by a message.
const PATIENCE = 20000;

for (const form of document.querySelectorAll("form[data-task]")) {
  const answer = form.elements.work;
  const status = form.querySelector("[data-working]");
  const done = new Promise((resolve) => {
    try {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      worker.addEventListener("message", ({ data }) => resolve((answer.value = data)), { once: true });
      worker.addEventListener("error", () => resolve(), { once: true });
      worker.postMessage({ task: form.dataset.task, bits: Number(form.dataset.bits) });
    } catch {
      resolve();
    }
    setTimeout(resolve, PATIENCE);
  });

  form.addEventListener("submit", (event) => {
    if (answer.value || form.dataset.sent) return;
    event.preventDefault();
    status.textContent = status.dataset.working;
    done.then(() => {
      form.dataset.sent = "1";
      form.requestSubmit(event.submitter);
    });
  });
}
