// What the screen says of itself: that something is under way, what went wrong, that there is no network.

import { button, byId, element } from "./element.js";
import { Failed, onActivity } from "../query/requests.js";
import { words } from "./settings.js";

const QUIET_MS = 60;

export class Messages {
  /**
   * @param {() => void} again ask everything anew
   * @param {() => void} widen take all filters away
   */
  constructor(again, widen) {
    this.again = again;
    this.widen = widen;
    this.quiet = 0;
    onActivity((count) => this.busy(count > 0));
    this.busy(true);
    for (const event of ["online", "offline"]) window.addEventListener(event, () => this.online());
    this.online();
  }

  /** Show that something is under way; that nothing is, only when nothing follows at once. @param {boolean} something */
  busy(something) {
    clearTimeout(this.quiet);
    const tell = () => {
      byId("progress").hidden = !something;
      document.documentElement.toggleAttribute("data-busy", something);
    };
    if (something) tell();
    else this.quiet = window.setTimeout(tell, QUIET_MS);
  }

  online() {
    byId("offline").hidden = navigator.onLine;
  }

  /** @param {string} text */
  say(text) {
    byId("said").textContent = text;
  }

  /** Show what stands over the map until something else does. @param {...(Node | string)} parts */
  show(...parts) {
    byId("state").replaceChildren(...parts);
  }

  /** @param {unknown} error */
  failed(error) {
    const trouble = error instanceof Failed ? error.trouble : "failed";
    const text = { offline: words.offline, away: words.failed, refused: words.refused, failed: words.failed }[trouble];
    const detail = trouble === "refused" && error instanceof Failed ? element("span", { class: "detail" }, error.detail) : "";
    const again = () => {
      this.show();
      this.again();
    };
    this.show(element("span", {}, text), detail, button(words.retry, again), trouble === "refused" ? button(words.clear, this.widen) : "");
  }
}
