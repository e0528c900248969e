// The editor of a policy: steps move up and down, whom a step asks is put together from words, the kit adds rows.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-policy]"));

/** @returns {HTMLElement[]} */
const steps = () => [...(form?.querySelectorAll("[data-step]") ?? [])].filter((step) => !(/** @type {HTMLElement} */ (step).hidden)).map((step) => /** @type {HTMLElement} */ (step));

/** Say the number of each step and send the order they stand in. */
function renumber() {
  for (const [index, step] of steps().entries()) {
    const number = step.querySelector(".step-number");
    const order = /** @type {HTMLInputElement | null} */ (step.querySelector("input[name$='-ORDER']"));
    if (number) number.textContent = String(index + 1);
    if (order) order.value = String(index + 1);
  }
}

/** Show only what the chosen kind needs. @param {Element} adder */
function refresh(adder) {
  const kind = /** @type {HTMLSelectElement} */ (adder.querySelector("[data-source-kind]"));
  const needs = (kind.selectedOptions[0]?.dataset.needs ?? "").split(" ");
  for (const field of adder.querySelectorAll("[data-for]")) {
    /** @type {HTMLElement} */ (field).hidden = !needs.includes(/** @type {HTMLElement} */ (field).dataset.for ?? "");
  }
}

/** Return the source the fields of a step's adder make, "" while something is missing. @param {Element} adder */
function sourceOf(adder) {
  const kind = /** @type {HTMLSelectElement} */ (adder.querySelector("[data-source-kind]")).value;
  /** @param {string} name */
  const value = (name) => /** @type {HTMLInputElement} */ (adder.querySelector(`[data-for="${name}"]`))?.value.trim() ?? "";
  if (kind === "user") return value("person") && `user:${value("person").split(/\s+/)[0]}`;
  if (kind === "unit") return `role:${value("role")}@unit`;
  if (kind === "panel") return value("number") && `panel:${value("panel")}:${value("number")}`;
  if (kind === "subject") return `subject:${value("subject")}`;
  if (kind === "role" || kind === "managers" || kind === "pool") return `${kind}:${value("role")}`;
  return value("number") && `${kind}:${value("number")}`;
}

/** Change the lines of a step's sources, and let the words follow. @param {Element} step @param {(lines: string[]) => string[]} change */
function rewrite(step, change) {
  const text = /** @type {HTMLTextAreaElement} */ (step.querySelector("textarea[name$='-approvers']"));
  text.value = change(text.value.split(/[\s,]+/).filter(Boolean)).join("\n");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

form?.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const step = /** @type {HTMLElement | null} */ (target.closest("[data-step]"));
  if (!step) return;
  const move = /** @type {HTMLElement | null} */ (target.closest("[data-step-move]"));
  if (move) {
    const all = steps();
    const other = all[all.indexOf(step) + Number(move.dataset.stepMove)];
    if (other && move.dataset.stepMove === "1") other.after(step);
    else other?.before(step);
    renumber();
    move.focus();
  }
  if (target.closest("[data-step-out]")) {
    const box = /** @type {HTMLInputElement | null} */ (step.querySelector("input[name$='-DELETE']"));
    if (box) box.checked = true;
    step.hidden = true;
    renumber();
  }
  if (target.closest("[data-source-in]")) {
    const adder = /** @type {Element} */ (target.closest("[data-source-add]"));
    const source = sourceOf(adder);
    if (source) rewrite(step, (lines) => [...lines.filter((line) => line !== source), source]);
  }
  const out = /** @type {HTMLElement | null} */ (target.closest("[data-source-out]"));
  if (out) rewrite(step, (lines) => lines.filter((line) => line !== out.dataset.sourceOut));
});

form?.addEventListener("change", (event) => {
  const adder = /** @type {Element} */ (event.target).closest("[data-source-add]");
  if (adder) refresh(adder);
});

// A name that is being typed for a source is not part of the step, and Enter there adds it instead of sending the form.
form?.addEventListener("keydown", (event) => {
  const adder = /** @type {Element} */ (event.target).closest("[data-source-add]");
  if (!adder || event.key !== "Enter") return;
  event.preventDefault();
  /** @type {HTMLElement | null} */ (adder.querySelector("[data-source-in]"))?.click();
});

document.addEventListener("jinbang:row", (event) => {
  const row = /** @type {Element} */ (event.target);
  for (const adder of row.querySelectorAll("[data-source-add]")) refresh(adder);
  renumber();
});

if (form) {
  for (const box of form.querySelectorAll("input[name$='-DELETE']:checked")) {
    const step = /** @type {HTMLElement | null} */ (box.closest("[data-step]"));
    if (step) step.hidden = true;
  }
  for (const adder of form.querySelectorAll("[data-source-add]")) refresh(adder);
  renumber();
}
