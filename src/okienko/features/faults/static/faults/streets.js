// Names of streets while one is being typed; `found` is told of a point on the one that was typed in full.
export function suggest(input, address, found) {
  const list = document.getElementById("streets");
  input.setAttribute("list", list.id);
  input.setAttribute("autocomplete", "off");
  let points = new Map();
  let turn = 0;
  input.addEventListener("input", async () => {
    if (points.has(input.value)) {
      found(points.get(input.value));
      return;
    }
    const asked = ++turn;
    const answer = await fetch(`${address}?q=${encodeURIComponent(input.value)}`);
    if (!answer.ok || asked !== turn) return;
    const { streets } = await answer.json();
    points = new Map(streets.map((street) => [street.name, street.point]));
    list.replaceChildren(...streets.map((street) => new Option(street.name, street.name)));
  });
}
