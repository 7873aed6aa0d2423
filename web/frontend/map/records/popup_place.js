// Where a record's popup is: on the side of its mark with free space, so that it covers neither the mark nor the map's edge.

/** From the middle of a mark to its popup: the ring around a selected mark and a little more. */
const GAP = 24;
/** Leaflet's margin below a popup, where its tip is. */
const TIP = 20;
const EDGE = 6;
/** The tools at the right edge of the map. */
const TOOLS = 52;

/** @typedef {{x: number, y: number}} Point */

/**
 * Return the left and top edge of a popup in the pixels of the map: above its mark, else below, else on the side with more free space.
 * @param {Point} at the mark
 * @param {Point} size of the popup
 * @param {Point} map its size
 * @returns {{left: number, top: number, side: "above" | "below" | "left" | "right"}}
 */
export function popupPlace(at, size, map) {
  const within = (value, least, most) => Math.max(least, Math.min(value, Math.max(least, most)));
  const left = within(at.x - size.x / 2, EDGE, map.x - TOOLS - size.x);
  if (at.y - GAP - size.y >= EDGE) return { left, top: at.y - GAP - size.y, side: "above" };
  if (at.y + GAP + size.y <= map.y - EDGE) return { left, top: at.y + GAP, side: "below" };
  const top = within(at.y - size.y / 2, EDGE, map.y - EDGE - size.y);
  const atLeft = at.x > map.x / 2;
  return { left: atLeft ? at.x - GAP - size.x : at.x + GAP, top, side: atLeft ? "left" : "right" };
}

/** Return the largest width of a popup, so that one fits next to its mark on a small map. @param {import("leaflet").Map} map */
export function popupWidth(map) {
  return Math.max(180, Math.min(320, map.getSize().x - TOOLS - 2 * EDGE - 40));
}

/**
 * Move an open popup to its place; one whose mark is outside the map stays at the mark.
 * @param {import("leaflet").Map} map
 * @param {import("leaflet").Popup} popup
 * @param {boolean} [pans] whether the map may move where no side has free space
 */
export function placePopup(map, popup, pans = false) {
  const box = popup.getElement();
  const where = popup.getLatLng();
  if (!box || !where) return;
  const at = map.latLngToContainerPoint(where);
  const size = map.getSize();
  const { offsetWidth: x, offsetHeight: y } = box;
  const seen = at.x >= 0 && at.y >= 0 && at.x <= size.x && at.y <= size.y;
  const { left, top, side } = seen ? popupPlace(at, { x, y }, size) : { left: at.x - x / 2, top: at.y - GAP - y, side: "above" };
  if (pans && (left < 0 || left + x > size.x)) {
    map.panBy([0, at.y - (EDGE + y + GAP)], { animate: false });
    placePopup(map, popup);
    return;
  }
  // Leaflet places the middle of the lower edge, above the tip
  popup.options.offset = [Math.round(left + x / 2 - at.x), Math.round(top + y + TIP - at.y)];
  popup.update();
  box.classList.toggle("without-tip", side !== "above" || Math.abs(left + x / 2 - at.x) > 1);
}
