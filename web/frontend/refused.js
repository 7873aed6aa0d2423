// A refused form: the field that is wrong is marked, repeats the sentence and has the focus; the alert links to it by its label.

const refusal = document.getElementById("refusal");
const parameter = refusal?.dataset.field ?? "";
const field = /** @type {HTMLInputElement | null} */ (
  document.querySelector(`main form [name="${CSS.escape(parameter)}"]:not([type="hidden"])`)
);
if (refusal && field) {
  field.id ||= `field-${parameter}`;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", "refusal-sentence");
  for (let outer = field.closest("details"); outer; outer = outer.parentElement?.closest("details") ?? null) outer.open = true;

  const title = [...(field.labels ?? [])].map((label) => label.querySelector("span")?.textContent ?? label.firstChild?.textContent);
  const link = document.createElement("a");
  link.href = `#${field.id}`;
  link.textContent = title.join(" ").trim() || parameter;
  refusal.querySelector("code")?.replaceWith(link);

  // the description has the sentence already, and a label would read it once more
  const sentence = document.createElement("small");
  sentence.className = "wrong";
  sentence.ariaHidden = "true";
  sentence.textContent = document.getElementById("refusal-sentence")?.textContent ?? "";
  field.after(sentence);
  field.focus();
  sentence.scrollIntoView({ block: "nearest" });
}
