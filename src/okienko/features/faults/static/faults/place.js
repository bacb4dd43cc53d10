// The place of a report: a click on the map, where the device is, or a street, each filling in the same fields.
import { draw, mark } from "./drawing.js";
import { suggest } from "./streets.js";

const form = document.querySelector("[data-place]");
const { latitude, longitude, street } = form.elements;
const place = form.querySelector("[data-map]");
const { map, ready } = draw(place);
let chosen = null;

function choose(point) {
  [latitude.value, longitude.value] = point.map((part) => part.toFixed(6));
  chosen?.remove();
  chosen = mark(point, "", "").addTo(map);
}

map.on("click", (event) => choose([event.latlng.lat, event.latlng.lng]));
suggest(street, form.dataset.streets, (point) => map.setView(point, 16));
await ready;
if (latitude.value && longitude.value) {
  choose([Number(latitude.value), Number(longitude.value)]);
  map.setView([latitude.value, longitude.value], 16);
}

if (navigator.geolocation) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = place.dataset.pick;
  const trouble = document.createElement("p");
  trouble.setAttribute("role", "status");
  button.addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const point = [coords.latitude, coords.longitude];
        trouble.textContent = "";
        choose(point);
        map.setView(point, 17);
      },
      () => (trouble.textContent = place.dataset.unknown),
    ),
  );
  place.before(button, trouble);
}
