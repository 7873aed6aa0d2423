// Asking our own origin, with one sense of what is under way and of what went wrong.

/** @typedef {"offline" | "away" | "refused" | "failed"} Trouble */

/** An answer that did not come, and why. */
export class Failed extends Error {
  /**
   * @param {Trouble} trouble
   * @param {string} [detail]
   */
  constructor(trouble, detail = "") {
    super(detail || trouble);
    this.trouble = trouble;
    this.detail = detail;
  }
}

let under_way = 0;
/** @type {((count: number) => void)[]} */
const listeners = [];

/** @param {(count: number) => void} listener */
export function onActivity(listener) {
  listeners.push(listener);
}

/** @param {number} by */
function count(by) {
  under_way += by;
  for (const listener of listeners) listener(under_way);
}

/**
 * What `read` makes of an answer, which is under way until all of it is read.
 * @template T
 * @param {string} url
 * @param {RequestInit} options
 * @param {(response: Response) => T | Promise<T>} read
 * @returns {Promise<T>}
 */
export async function ask(url, options, read) {
  count(1);
  try {
    const response = await fetch(url, options);
    if (!response.ok) throw await failure(response);
    return await read(response);
  } catch (error) {
    if (error instanceof Failed || (error instanceof Error && error.name === "AbortError")) throw error;
    throw new Failed(globalThis.navigator?.onLine === false ? "offline" : "failed", String(error));
  } finally {
    count(-1);
  }
}

/** @param {Response} response */
async function failure(response) {
  const body = await response.json().catch(() => ({}));
  const detail = [body.value, body.detail].filter(Boolean).join(": ");
  if (response.status === 503) return new Failed("away", detail);
  return new Failed(response.status < 500 ? "refused" : "failed", detail);
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
export function askJson(url, options = {}) {
  const headers = { Accept: "application/geo+json, application/json", ...options.headers };
  return ask(url, { ...options, headers }, (response) => response.json());
}

/** Whether an error only says that the answer is no longer wanted. @param {unknown} error */
export function givenUp(error) {
  return error instanceof Error && error.name === "AbortError";
}
