// The checker of proofs on the log's page: choose or drop a file; nothing is sent anywhere.
import { check, Wrong } from "./proof.js";

const MOST_BYTES = 200_000;
const words = JSON.parse(document.getElementById("proof-words")?.textContent ?? "{}");
const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-proof-checker]"));

/** @param {string} text @param {Record<string, unknown>} values */
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

/** @param {string} tag @param {string} css @param {(string | Node)[]} content */
function make(tag, css, ...content) {
  const element = document.createElement(tag);
  if (css) element.className = css;
  element.append(...content);
  return element;
}

/** @param {string} record */
function pairs(record) {
  const list = make("dl", "pairs");
  let found;
  try {
    found = Object.entries(JSON.parse(record));
  } catch {
    found = [["", record]];
  }
  for (const [name, value] of found) list.append(make("dt", "", name), make("dd", "digest", typeof value === "string" ? value : JSON.stringify(value)));
  return list;
}

/** @param {ReturnType<typeof check>} found */
function good(found) {
  const text = { proof: words.good, hash: words.goodNote, note: words.goodNote }[found.kind];
  const lines = [make("p", "strong", say(text, found))];
  if (found.kind === "hash") lines.push(make("p", "", words.noRecord));
  if (found.isPrinted) lines.push(make("p", "", words.printed));
  const note = make("div", `note ${found.kind === "hash" ? "warn" : "ok"}`, make("div", "grow", ...lines));
  const signers = make("p", "small muted digest", `${words.signers}: ${found.signers.join(", ")}`);
  return [note, ...(found.record === undefined ? [] : [make("h3", "", words.record), pairs(found.record)]), signers];
}

/** @param {unknown} error */
function bad(error) {
  if (!(error instanceof Wrong)) throw error;
  return [make("div", "note error", make("div", "grow", make("p", "strong", `✗ ${say(words[error.kind], { why: error.message })}`)))];
}

/** @param {Blob} file */
async function answer(file) {
  const place = /** @type {HTMLElement} */ (box?.querySelector("[data-proof-answer]"));
  const value = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id)).value;
  let shown;
  let isGood = false;
  try {
    if (file.size > MOST_BYTES) throw new Wrong("unknown", `${file.size} B`);
    const found = check(await file.text(), value("proof-key"), value("proof-root"));
    isGood = found.kind !== "hash";
    shown = good(found);
  } catch (error) {
    shown = bad(error);
  }
  place.replaceChildren(...shown);
  place.dataset.state = isGood ? "good" : "bad";
}

if (box) {
  const drop = /** @type {HTMLElement} */ (box.querySelector(".drop"));
  const input = /** @type {HTMLInputElement} */ (box.querySelector("input[type=file]"));
  input.addEventListener("change", () => input.files?.[0] && answer(input.files[0]));
  for (const name of ["proof-key", "proof-root"]) document.getElementById(name)?.addEventListener("change", () => input.files?.[0] && answer(input.files[0]));
  for (const name of ["dragover", "dragleave", "drop"])
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      const file = name === "drop" ? /** @type {DragEvent} */ (event).dataTransfer?.files[0] : null;
      if (file) answer(file);
    });
}
