// A map in its place: tiles where the office has them, else its districts and streets.
/* global L */
export function draw(place) {
  place.hidden = false;
  const map = L.map(place, { zoomControl: false, scrollWheelZoom: false, attributionControl: Boolean(place.dataset.tiles) });
  L.control.zoom({ zoomInTitle: place.dataset.closer, zoomOutTitle: place.dataset.farther }).addTo(map);
  map.setView([52, 19], 6);
  if (place.dataset.tiles) L.tileLayer(place.dataset.tiles, { attribution: place.dataset.credit, maxZoom: 19 }).addTo(map);
  const roomy = place.clientWidth > 600; // on a phone names of districts would lie over one another
  const ready = fetch(place.dataset.drawn)
    .then((answer) => answer.json())
    .then((told) => {
      const bare = !place.dataset.tiles;
      const layer = L.geoJSON(told, {
        interactive: false,
        style: (one) => ({ className: one.geometry.type === "MultiPolygon" ? "map-area" : "map-street", fill: bare && one.geometry.type === "MultiPolygon" }),
        onEachFeature: (one, drawn) => bare && roomy && one.geometry.type === "MultiPolygon" && drawn.bindTooltip(one.properties.name, { permanent: true, direction: "center", className: "map-name" }),
      });
      if (layer.getLayers().length) {
        map.fitBounds(layer.getBounds());
        layer.addTo(map);
      }
    });
  return { map, ready };
}

// A label that a stylesheet draws: no picture, no style of its own.
export function mark(point, text, name) {
  const icon = L.divIcon({ className: text ? "map-count" : "map-mark", html: text, iconSize: text ? [36, 36] : [22, 22] });
  return L.marker(point, { icon, title: name, alt: name, keyboard: true });
}
