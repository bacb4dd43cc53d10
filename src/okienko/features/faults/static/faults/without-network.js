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

// --- Sending --------------------------------------------------------------------------------------------------

async function freshPage() {
  const answer = await fetch(form.action, { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function send(report, page) {
  const told = new FormData();
  for (const [name, value] of report.told) told.append(name, value);
  told.set("csrfmiddlewaretoken", page.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(form.action, { method: "POST", body: told });
  if (answer.redirected) return { ...report, state: "sent", link: answer.url, told: [] };
  if (answer.ok || [400, 409, 413, 422].includes(answer.status)) return { ...report, state: "refused" };
  throw new Error(String(answer.status));
}

async function sendAll() {
  // Only one page sends at a time; a report that comes twice is one report all the same.
  await navigator.locks.request("okienko-reports", async () => {
    const waiting = (await all()).filter(({ state }) => state === "waits");
    if (!waiting.length) return;
    try {
      const page = await freshPage();
      for (const report of waiting) await keep(await send(report, page));
      status.textContent = status.dataset.went;
    } catch {
      return; // the network is not there yet: they wait
    }
  });
  await show();
}

// --- What is seen ---------------------------------------------------------------------------------------------

async function show() {
  const reports = await all();
  section.hidden = !reports.length;
  list.replaceChildren(
    ...reports.map((report) => {
      const row = template(report.state);
      row.querySelector("[data-what]").textContent = report.what;
      const link = row.querySelector("[data-link]");
      if (link) link.href = report.link;
      row.querySelector("[data-correct]")?.addEventListener("click", () => correct(report));
      row.querySelector("[data-drop]")?.addEventListener("click", () => drop(report.token).then(show));
      return row;
    }),
  );
}

function correct(report) {
  const files = new DataTransfer();
  for (const [name, value] of report.told) {
    if (value instanceof File) {
      if (value.size) files.items.add(value);
    } else if (name === "category") {
      form.elements.category.value = value;
      ask();
    }
  }
  for (const [name, value] of report.told) {
    const field = form.elements[name];
    if (field?.type === "checkbox") field.checked = true;
    else if (field && !(value instanceof File) && name !== "csrfmiddlewaretoken") field.value = value;
  }
  form.elements.attachments.files = files.files;
  form.elements.category.focus();
}

function ask() {
  const asked = document.querySelector(`template[data-category="${form.elements.category.value}"]`);
  form.querySelector("[data-questions]").replaceChildren(...(asked ? [asked.content.cloneNode(true)] : []));
}

form.elements.category.addEventListener("change", ask);
ask();

// There is nobody to ask whether it is right: what has to be said is looked at here.
function complete() {
  const { category, description, street, place, latitude } = form.elements;
  category.required = description.required = true;
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
  await keep(report);
  try {
    const page = await freshPage();
    const { state, link } = await send(report, page);
    await drop(report.token);
    if (state === "sent") location.assign(link);
    else {
      form.elements.csrfmiddlewaretoken.value = page.querySelector("[name=csrfmiddlewaretoken]").value;
      form.submit(); // the page that comes back says what is wrong
    }
    return;
  } catch {
    // It waits.
  }
  form.reset();
  form.elements.token.value = crypto.randomUUID();
  ask();
  status.textContent = status.dataset.kept;
  await show();
});

const here = form.querySelector("[data-here]");
if (navigator.geolocation) {
  here.hidden = false;
  here.addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(6);
      form.elements.longitude.value = coords.longitude.toFixed(6);
      form.elements.place.value ||= `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
    }),
  );
}

// Not every device tells when the network comes back.
addEventListener("online", sendAll);
setInterval(sendAll, 5000);
await show();
await sendAll();
