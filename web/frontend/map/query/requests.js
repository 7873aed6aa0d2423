// Requests to the own origin, with a count of pending ones and a class for failures.

import { noteVersion } from "./pinned.js";

/** @typedef {"offline" | "away" | "limited" | "refused" | "failed"} Trouble */

/** A request without a usable response, and the reason. */
export class RequestError extends Error {
  /**
   * @param {Trouble} trouble
   * @param {string} [detail]
   * @param {number} [waitS] seconds after which the request may be repeated, 0 if that is not known
   */
  constructor(trouble, detail = "", waitS = 0) {
    super(detail || trouble);
    this.trouble = trouble;
    this.detail = detail;
    this.waitS = waitS;
  }
}

let pending = 0;
/** @type {((count: number) => void)[]} */
const listeners = [];

/** @param {(count: number) => void} listener */
export function onActivity(listener) {
  listeners.push(listener);
}

/** @param {number} by */
function count(by) {
  pending += by;
  for (const listener of listeners) listener(pending);
}

/**
 * Return the result of `read` for a response; the request is pending until the body has been read.
 * @template T
 * @param {string} url
 * @param {RequestInit} options
 * @param {(response: Response) => T | Promise<T>} read
 * @returns {Promise<T>}
 */
export async function request(url, options, read) {
  count(1);
  try {
    const response = await fetch(url, options);
    if (!response.ok) throw await failure(response);
    noteVersion(response.headers?.get("Lode-Dataset-Version"));
    return await read(response);
  } catch (error) {
    if (error instanceof RequestError || (error instanceof Error && error.name === "AbortError")) throw error;
    throw new RequestError(globalThis.navigator?.onLine === false ? "offline" : "failed", String(error));
  } finally {
    count(-1);
  }
}

/** @param {Response} response */
async function failure(response) {
  const body = await response.json().catch(() => ({}));
  const detail = [body.value, body.detail].filter(Boolean).join(": ");
  const waitS = Number(response.headers.get("Retry-After")) || 0;
  if (response.status === 429) return new RequestError("limited", detail, waitS);
  if (response.status === 503) return new RequestError("away", detail, waitS);
  return new RequestError(response.status < 500 ? "refused" : "failed", detail);
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
export function requestJson(url, options = {}) {
  const headers = { Accept: "application/geo+json, application/json", ...options.headers };
  return request(url, { ...options, headers }, (response) => response.json());
}

/** Return whether an error only reports that the request was aborted. @param {unknown} error */
export function isAborted(error) {
  return error instanceof Error && error.name === "AbortError";
}
