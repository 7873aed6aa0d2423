// Files at the desk: a file is sent in parts with its progress, and the page follows what is done with it.

const FOLLOW_MS = 1000;
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("upload"));
const state = document.getElementById("state");

/** @param {HTMLFormElement} form @param {File} file */
async function upload(form, file) {
  const bar = /** @type {HTMLProgressElement} */ (document.getElementById("upload-progress"));
  bar.hidden = false;
  const fields = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "file"));
  const created = await send(form, form.getAttribute("action") ?? "", { ...fields, name: file.name, bytes: String(file.size) });
  for (let position = 0; position < file.size; position += created.part) {
    const part = file.slice(position, position + created.part);
    await send(form, `${created.href}/part`, { position: String(position), part });
    bar.value = Math.min(1, (position + created.part) / file.size);
  }
  location.assign(created.href);
}

/** @param {HTMLFormElement} form @param {string} path @param {Record<string, string | Blob>} fields */
async function send(form, path, fields) {
  const body = new FormData();
  body.set("csrf_token", /** @type {HTMLInputElement} */ (form.elements.namedItem("csrf_token")).value);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const response = await fetch(path, { method: "POST", body, headers: { Accept: "application/json" } });
  const result = await response.json().catch(() => null);
  if (!response.ok || !result) throw new Error(result?.detail ?? form.dataset.failed);
  return result;
}

form?.addEventListener("submit", (event) => {
  const chosen = /** @type {HTMLInputElement} */ (form.elements.namedItem("file")).files?.[0];
  if (!chosen) return;
  event.preventDefault();
  const problem = /** @type {HTMLElement} */ (document.getElementById("upload-problem"));
  problem.textContent = "";
  if (chosen.size > Number(form.dataset.most)) {
    problem.textContent = form.dataset.tooLarge ?? "";
    return;
  }
  upload(form, chosen).catch((error) => {
    problem.textContent = error.message;
  });
});

/** @param {string} path */
async function follow(path) {
  const response = await fetch(path, { headers: { Accept: "application/json" } }).catch(() => null);
  if (response?.ok && !(await response.json()).waits) location.reload();
  else setTimeout(follow, FOLLOW_MS, path);
}

if (state?.dataset.waits) setTimeout(follow, FOLLOW_MS, state.dataset.waits);
