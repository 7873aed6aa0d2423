// The status of the screen: pending requests, errors, no network.

import { button, byId, element } from "./element.js";
import { RequestError, onActivity } from "../query/requests.js";
import { formatMessage, messages } from "./settings.js";

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
    /** Whether the message that is shown reports a request without network. */
    this.failedOffline = false;
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

  /** Follow the network; what failed without it is requested again as soon as it is back. */
  online() {
    byId("offline").hidden = navigator.onLine;
    if (navigator.onLine && this.failedOffline) this.repeat();
  }

  /** Request everything again. */
  repeat() {
    this.failedOffline = false;
    this.show();
    this.again();
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
    const known = error instanceof RequestError ? error : new RequestError("failed");
    const { trouble } = known;
    this.failedOffline = trouble === "offline";
    const text = {
      ...{ offline: messages.offline, away: messages.failed, refused: messages.refused, failed: messages.failed },
      limited: limitText(known),
    }[trouble];
    const detail = trouble === "refused" ? element("span", { class: "detail" }, known.detail) : "";
    const again = () => this.repeat();
    this.show(element("span", {}, text), detail, button(messages.retry, again), trouble === "refused" ? button(messages.clear, this.widen) : "");
  }
}

/** Return the sentence about a limit, which says when to try again. @param {RequestError} error */
export function limitText({ waitS }) {
  return formatMessage(messages.limited, { wait: waitText(waitS) });
}

/** Return a wait in whole minutes, or in seconds below a minute. @param {number} seconds */
function waitText(seconds) {
  if (seconds >= 60) return formatMessage(messages.waitMinutes, { n: Math.ceil(seconds / 60) });
  return formatMessage(messages.waitSeconds, { n: Math.max(1, seconds) });
}
