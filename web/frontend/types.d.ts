// Packages that come without types.
declare module "topojson-client";
declare module "swagger-ui-dist/swagger-ui-bundle.js";
declare module "geographiclib-geodesic";
