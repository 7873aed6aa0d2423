// The view of the map, in step with the view of the state.

const FIRST_VIEW_DEGREES = 310;
const RECORD_ZOOM = 9;
const NEAR_ENOUGH = 1e-4;

export class View {
  /**
   * @param {import("leaflet").Map} map
   * @param {import("./query/state.js").Screen} screen
   */
  constructor(map, screen) {
    this.map = map;
    this.screen = screen;
    this.following = false;
    map.on("moveend", () => this.moved());
  }

  first() {
    const { view } = this.screen.state;
    if (view) this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
    else this.map.setZoom(worldZoom(this.map.getSize().x), { animate: false });
  }

  moved() {
    if (this.following) return;
    const { lng, lat } = this.map.getCenter();
    this.screen.change({ view: { lon: lng, lat, zoom: this.map.getZoom() } }, false);
  }

  /** Set the view of the state, unless the map has it. */
  follow() {
    const { view } = this.screen.state;
    const { lng, lat } = this.map.getCenter();
    if (!view || (Math.abs(view.lon - lng) <= NEAR_ENOUGH && Math.abs(view.lat - lat) <= NEAR_ENOUGH && view.zoom === this.map.getZoom())) return;
    this.following = true;
    this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
    this.following = false;
  }

  /** Zoom to a position closely enough to see a record. @param {[number, number]} at longitude, latitude */
  close([lon, lat]) {
    this.map.setView([lat, lon], Math.max(this.map.getZoom(), RECORD_ZOOM), { animate: false });
  }

  /** Return the view as a bbox parameter. */
  box() {
    const bounds = this.map.getBounds();
    const edges = [Math.max(-180, bounds.getWest()), Math.max(-90, bounds.getSouth()), Math.min(180, bounds.getEast()), Math.min(90, bounds.getNorth())];
    return edges.map((edge) => edge.toFixed(4)).join(",");
  }

  /** Show an extent. @param {[number, number, number, number]} box west, south, east, north */
  fit([west, south, east, north]) {
    this.map.fitBounds([[south, west], [north, east]], { animate: false, maxZoom: RECORD_ZOOM, padding: [40, 40] });
  }

  /** @returns {[number, number]} longitude, latitude */
  middle() {
    const { lng, lat } = this.map.getCenter().wrap();
    return [lng, lat];
  }
}

/**
 * Return the zoom at which a map of this width shows the continents from the Americas to Japan.
 * @param {number} width
 */
function worldZoom(width) {
  const zoom = Math.log2(((width / 256) * 360) / FIRST_VIEW_DEGREES);
  return Math.max(1, Math.floor(zoom * 2) / 2);
}
