// The map of open reports: squares with their counts from afar, each report from near.
/* global L */
import { draw, mark } from "./drawing.js";

const place = document.querySelector("[data-map][data-window]");
const { map, ready } = draw(place);
const shown = L.layerGroup().addTo(map);
let asked = 0;

async function show() {
  const turn = ++asked;
  const box = map.getBounds();
  const within = [box.getSouth(), box.getWest(), box.getNorth(), box.getEast()].map((part) => part.toFixed(6)).join(",");
  const answer = await fetch(`${place.dataset.window}?okno=${within}&zoom=${map.getZoom()}`);
  if (!answer.ok || turn !== asked) return;
  const told = await answer.json();
  shown.clearLayers();
  for (const [count, latitude, longitude] of told.clusters) {
    mark([latitude, longitude], String(count), `${count} ${place.dataset.many}`)
      .on("click", () => map.setView([latitude, longitude], Math.min(map.getZoom() + 2, 19)))
      .addTo(shown);
  }
  for (const one of told.reports) {
    mark(one.at, "", one.name)
      .on("click", () => location.assign(one.url))
      .addTo(shown);
  }
}

await ready;
map.on("moveend", show);
await show();
