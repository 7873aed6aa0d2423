// The status of the screen: pending requests, errors, no network.

import { button, byId, element } from "./element.js";
import { RequestError, onActivity } from "../query/requests.js";
import { messages } from "./settings.js";

const QUIET_MS = 60;

export class Status {
  /**
   * @param {() => void} again repeat all requests
   * @param {() => void} widen remove all filters
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

  /** Show or hide the progress bar; hiding waits a moment for further requests. @param {boolean} pending */
  busy(pending) {
    clearTimeout(this.quiet);
    const update = () => {
      byId("progress").hidden = !pending;
      document.documentElement.toggleAttribute("data-busy", pending);
    };
    if (pending) update();
    else this.quiet = window.setTimeout(update, QUIET_MS);
  }

  online() {
    byId("offline").hidden = navigator.onLine;
  }

  /** @param {string} text */
  say(text) {
    byId("announcement").textContent = text;
  }

  /** Show a message over the map until another replaces it. @param {...(Node | string)} parts */
  show(...parts) {
    byId("state").replaceChildren(...parts);
  }

  /** @param {unknown} error */
  failed(error) {
    const trouble = error instanceof RequestError ? error.trouble : "failed";
    const text = { offline: messages.offline, away: messages.failed, refused: messages.refused, failed: messages.failed }[trouble];
    const detail = trouble === "refused" && error instanceof RequestError ? element("span", { class: "detail" }, error.detail) : "";
    const again = () => {
      this.show();
      this.again();
    };
    this.show(element("span", {}, text), detail, button(messages.retry, again), trouble === "refused" ? button(messages.clear, this.widen) : "");
  }
}
