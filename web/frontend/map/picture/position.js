// Where a picture lies: its world file and its bar of scale.

/** Radius in metres of the sphere of Web Mercator (EPSG:3857). */
const RADIUS = 6_378_137;
const TILE = 256;

/**
 * Return the text of a world file: size of a pixel, rotation, and the middle of the pixel in the north-west, in EPSG:3857.
 * @param {[number, number]} corner longitude and latitude of the north-west corner
 * @param {number} zoom of Leaflet
 * @param {number} scale pixels of the picture for one of the page
 */
export function worldFile([lon, lat], zoom, scale) {
  const metres = (2 * Math.PI * RADIUS) / (TILE * 2 ** zoom * scale);
  const x = (RADIUS * lon * Math.PI) / 180;
  const y = RADIUS * Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  return `${[metres, 0, 0, -metres, x + metres / 2, y - metres / 2].map((value) => value.toFixed(8)).join("\n")}\n`;
}

/**
 * Return a round length in metres and its width in pixels, at most as wide as given.
 * @param {number} lat of the middle, where the scale is true
 * @param {number} zoom
 * @param {number} most
 */
export function scaleBar(lat, zoom, most) {
  const metres = (2 * Math.PI * RADIUS * Math.cos((lat * Math.PI) / 180)) / (TILE * 2 ** zoom);
  const power = 10 ** Math.floor(Math.log10(metres * most));
  const length = [5, 2, 1].map((step) => step * power).find((one) => one <= metres * most) ?? power;
  return { metres: length, width: length / metres };
}
