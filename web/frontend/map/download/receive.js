// Downloads within the page, with progress and cancellation.

import { request } from "../query/requests.js";

/**
 * @typedef {object} Received
 * @property {Blob} blob
 * @property {string} name
 * @property {string} cited the address of the same file
 * @property {number | null} rows number of rows, if the response states it
 */

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {(bytes: number, all: number | null) => void} far
 * @returns {Promise<Received>}
 */
export function receive(url, signal, far) {
  return request(url, { signal }, async ({ body, headers }) => {
    const length = Number(headers.get("Content-Length")) || null;
    const chunks = [];
    let got = 0;
    const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (body).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      got += part.value.length;
      far(got, length);
    }
    const rows = headers.get("OGC-NumberMatched");
    return {
      blob: new Blob(chunks, { type: headers.get("Content-Type") ?? "" }),
      name: /filename="([^"]+)"/.exec(headers.get("Content-Disposition") ?? "")?.[1] ?? "lode",
      cited: headers.get("Content-Location") ?? "",
      rows: rows === null ? null : Number(rows),
    };
  });
}

/** Save a received file. @param {Received} file */
export function saveFile({ blob, name }) {
  const url = URL.createObjectURL(blob);
  saveFromUrl(url, name);
  // the browser has taken it by then
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * @param {string} url
 * @param {string} [name]
 */
export function saveFromUrl(url, name = "") {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
