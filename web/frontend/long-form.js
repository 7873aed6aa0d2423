// A form that is sent in its address: a field whose text makes the address too long says so before the form is sent.

const MAX_ADDRESS = 8000;

for (const field of document.querySelectorAll("textarea[data-too-long]")) {
  const area = /** @type {HTMLTextAreaElement} */ (field);
  const check = () => {
    const form = /** @type {HTMLFormElement} */ (area.form);
    const query = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    area.setCustomValidity(String(query).length > MAX_ADDRESS ? (area.dataset.tooLong ?? "") : "");
  };
  area.addEventListener("input", check);
  check();
}
