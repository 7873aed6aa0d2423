// Polygons of Leaflet as WKT.

/** Decimals of a degree: a metre. */
export const DECIMALS = 5;

/** Return a polygon, or several, as WKT. @param {any} latlngs rings, or polygons of rings */
export function wkt(latlngs) {
  const ring = (points) => {
    const pairs = points.map(({ lat, lng }) => `${lng.toFixed(DECIMALS)} ${lat.toFixed(DECIMALS)}`);
    return `(${[...pairs, pairs[0]].join(",")})`;
  };
  const polygon = (rings) => `(${rings.map(ring).join(",")})`;
  return Array.isArray(latlngs[0][0]) ? `MULTIPOLYGON(${latlngs.map(polygon).join(",")})` : `POLYGON${polygon(latlngs)}`;
}
