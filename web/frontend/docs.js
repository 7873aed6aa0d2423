// The page of the API documentation. It sends requests to the own origin only.
import SwaggerUIBundle from "swagger-ui-dist/swagger-ui-bundle.js";

const root = document.documentElement;
const scheme = () => root.classList.toggle("dark-mode", root.dataset.bsTheme === "dark");
scheme();
window.addEventListener("lode:scheme", scheme);

const place = /** @type {HTMLElement} */ (document.getElementById("docs"));
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  // its default sends the description to another host
  validatorUrl: null,
  deepLinking: true,
  // some two hundred operations are listed by collection, each list opened on request
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  syntaxHighlight: { activated: false },
});
