// A layer of one canvas over the view, redrawn after each move.

import L from "leaflet";

/** Layers extend it with `_paint(g, size)`, and with `_pane()` if they are not in the pane of the base map. @type {any} */
export const CanvasLayer = L.Layer.extend({
  onAdd(map) {
    this._canvas = document.createElement("canvas");
    this._canvas.className = "leaflet-zoom-hide graticule";
    this._canvas.setAttribute("aria-hidden", "true");
    this._pane(map).append(this._canvas);
    this._draw();
  },

  onRemove() {
    this._canvas.remove();
  },

  getEvents() {
    return { moveend: this._draw, resize: this._draw };
  },

  _pane(map) {
    return map.getPane("borders") ?? map.getPane("base");
  },

  /** Return the element that the layer is in. @param {L.Map} map */
  paneOn(map) {
    return this._pane(map);
  },

  /** Draw the layer on another context, in pixels of the page from the corner of the view. @param {CanvasRenderingContext2D} g */
  paintOn(g) {
    this._paint(g, this._map.getSize());
  },

  _draw() {
    const size = this._map.getSize();
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this._canvas, this._map.containerPointToLayerPoint([0, 0]));
    this._canvas.width = size.x * ratio;
    this._canvas.height = size.y * ratio;
    this._canvas.style.width = `${size.x}px`;
    this._canvas.style.height = `${size.y}px`;
    const g = this._canvas.getContext("2d");
    g.scale(ratio, ratio);
    this._paint(g, size);
  },
});
