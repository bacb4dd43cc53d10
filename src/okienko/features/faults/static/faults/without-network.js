// A report that cannot be sent now waits on this device, photos and all, and is sent when there is a network.
const form = document.querySelector("[data-whole-report]");
const status = document.querySelector("[data-status]");
const section = document.querySelector("[data-waiting]");
const list = section.querySelector("[data-list]");
const template = (name) => document.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);

// --- What is kept ---------------------------------------------------------------------------------------------

const opened = new Promise((done, failed) => {
  const asked = indexedDB.open("okienko-reports", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("reports", { keyPath: "token" });
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});

async function store(mode, act) {
  const database = await opened;
  return new Promise((done, failed) => {
    const asked = act(database.transaction("reports", mode).objectStore("reports"));
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

const all = () => store("readonly", (reports) => reports.getAll());
const keep = (report) => store("readwrite", (reports) => reports.put(report));
const drop = (token) => store("readwrite", (reports) => reports.delete(token));

let inHand = ""; // what the form holds just now: its row would say the same

// --- Sending --------------------------------------------------------------------------------------------------

const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

async function freshPage() {
  const answer = await fetch(form.action, { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return read(answer);
}

// What became of the report, and the page that came back where something in it is wrong.
async function send(report, page) {
  const told = new FormData();
  for (const [name, value] of report.told) told.append(name, value);
  told.set("csrfmiddlewaretoken", page.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(form.action, { method: "POST", body: told });
  if (answer.redirected) return { sent: { ...report, state: "sent", link: answer.url, told: [] } };
  if (!answer.ok && ![400, 409, 413, 422].includes(answer.status)) throw new Error(String(answer.status));
  const said = await read(answer);
  const why = [...said.querySelectorAll("[data-errors] li")].map((one) => one.textContent);
  return { sent: { ...report, state: "refused", why }, said };
}

async function sendAll() {
  // Only one page sends at a time; a report that comes twice is one report all the same.
  await navigator.locks.request("okienko-reports", async () => {
    const waiting = (await all()).filter(({ state, token }) => state === "waits" && token !== inHand);
    if (!waiting.length) return;
    try {
      const page = await freshPage();
      for (const report of waiting) {
        const { sent } = await send(report, page);
        await keep(sent);
        status.textContent = sent.state === "sent" ? status.dataset.went : status.dataset.wrong;
      }
    } catch {
      return; // the network is not there yet: they wait
    }
  });
  await show();
}

// --- What is seen ---------------------------------------------------------------------------------------------

async function show() {
  const reports = (await all()).filter(({ token }) => token !== inHand);
  section.hidden = !reports.length;
  list.replaceChildren(
    ...reports.map((report) => {
      const row = template(report.state);
      row.querySelector("[data-what]").textContent = report.what;
      const link = row.querySelector("[data-link]");
      if (link) link.href = report.link;
      const why = (report.why ?? []).map((text) => Object.assign(document.createElement("li"), { textContent: text }));
      row.querySelector("[data-why]")?.replaceChildren(...why);
      row.querySelector("[data-correct]")?.addEventListener("click", () => correct(report));
      row.querySelector("[data-drop]")?.addEventListener("click", () => drop(report.token).then(show));
      return row;
    }),
  );
}

async function correct(report) {
  inHand = report.token;
  form.elements.category.value = report.told.find(([name]) => name === "category")?.[1] ?? "";
  ask();
  const files = new DataTransfer();
  for (const [name, value] of report.told) {
    const field = form.elements[name];
    if (value instanceof File) files.items.add(value);
    else if (field?.type === "checkbox") field.checked = true;
    else if (field && name !== "csrfmiddlewaretoken") field.value = value;
  }
  form.elements.attachments.files = files.files;
  await show();
  if (complete()) form.elements.category.focus();
}

function ask() {
  const asked = document.querySelector(`template[data-category="${form.elements.category.value}"]`);
  form.querySelector("[data-questions]").replaceChildren(...(asked ? [asked.content.cloneNode(true)] : []));
}

// The form as the office sent it back: with what is wrong beside each field, and with the questions of today.
function take(said) {
  const errors = said.querySelector("[data-errors]");
  const answered = said.querySelector("[data-whole-report]");
  if (!errors || !answered) return false;
  const { attachments } = form.elements; // photos cannot be sent back
  form.replaceChildren(...answered.childNodes);
  form.elements.attachments.replaceWith(attachments);
  document.querySelector("[data-errors]").replaceChildren(...errors.childNodes);
  for (const old of document.querySelectorAll("template[data-category]")) old.remove();
  form.after(...said.querySelectorAll("template[data-category]"));
  offerPlace();
  document.querySelector("[data-error-summary]")?.focus();
  return true;
}

function clear() {
  for (const field of form.elements) {
    if (field.type === "checkbox") field.checked = false;
    else if (field.name && field.name !== "csrfmiddlewaretoken") field.value = "";
  }
  document.querySelector("[data-errors]").replaceChildren();
  form.elements.token.value = crypto.randomUUID();
  ask();
}

form.addEventListener("change", ({ target }) => target.name === "category" && ask());
if (!form.querySelector("[data-questions]").children.length) ask();

// There is nobody to ask whether it is right: what has to be said is looked at here.
function complete() {
  const { street, place, latitude } = form.elements;
  place.setCustomValidity(street.value || place.value || latitude.value ? "" : status.dataset.nowhere);
  place.addEventListener("input", () => place.setCustomValidity(""), { once: true });
  return form.reportValidity();
}

// Whether there is a network, only trying tells: a phone in a cellar says that it has one.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!complete()) return;
  const told = [...new FormData(form)].filter(([, value]) => !(value instanceof File) || value.size);
  const what = form.elements.description.value.trim().slice(0, 80) || form.elements.category.selectedOptions[0].text;
  const report = { token: form.elements.token.value, state: "waits", what, told };
  inHand = report.token;
  await keep(report);
  let words = status.dataset.kept;
  try {
    const { sent, said } = await send(report, await freshPage());
    if (sent.state === "sent") {
      await drop(report.token);
      location.assign(sent.link);
      return;
    }
    await keep(sent); // until it is right, or thrown away
    if (take(said)) return;
    words = status.dataset.wrong;
  } catch {
    // It waits.
  }
  inHand = "";
  clear();
  status.textContent = words;
  await show();
});

function offerPlace() {
  form.querySelector("[data-here]").hidden = !navigator.geolocation;
}

form.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-here]")) return;
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    form.elements.latitude.value = coords.latitude.toFixed(6);
    form.elements.longitude.value = coords.longitude.toFixed(6);
    form.elements.place.value ||= `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
  });
});
offerPlace();

// Not every device tells when the network comes back.
addEventListener("online", sendAll);
setInterval(sendAll, 5000);
await show();
await sendAll();
