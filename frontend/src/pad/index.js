// The judge's pad: contestants left, aspects right, every mark an operation the server answers.
import { read, same, stepped } from "./decimal.js";
import { Outbox, uuid } from "./outbox.js";

/** @typedef {{code: string, name: string, unit: string, start_order: number, status: string}} Entry */
/** @typedef {{code: string, title: string, group: string, kind: string, minimum: string, maximum: string, step: string}} Aspect */
/** @typedef {{value: string | null, version: number, shown: string | null, state: string, reason: string, server: string | null}} Cell */

const data = JSON.parse(document.getElementById("pad")?.textContent ?? "{}");
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const root = /** @type {HTMLElement} */ (document.querySelector("[data-pad]"));
/** @param {string} name @returns {HTMLElement} */
const one = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-${name}]`));
const [entryList, aspectBox, net, progress] = [one("entries"), one("aspects"), one("net"), one("progress")];
const dialog = /** @type {HTMLDialogElement} */ (root.querySelector("[data-sign]"));
/** @type {Entry[]} */
const entries = data.entries;
/** @type {Aspect[]} */
const aspects = data.aspects;
const device = (localStorage.jinbangDevice ??= uuid());
let locked = data.state !== "open";
let sheetVersion = data.version;
let present = Math.max(0, entries.findIndex((entry) => !entry.status && aspects.some((aspect) => cellOf(entry.code, aspect.code).shown === null)));

/** @type {Map<string, Cell>} */
var cells;
/** @param {string} entry @param {string} aspect @returns {Cell} */
function cellOf(entry, aspect) {
  cells ??= new Map(
    data.marks.map((/** @type {any} */ mark) => [`${mark.entry}\n${mark.aspect}`, { value: mark.value, version: mark.version, shown: mark.value, state: mark.value === null ? "" : "saved", reason: "", server: null }]),
  );
  const key = `${entry}\n${aspect}`;
  let cell = cells.get(key);
  if (!cell) {
    cell = { value: null, version: 0, shown: null, state: "", reason: "", server: null };
    cells.set(key, cell);
  }
  return cell;
}

const outbox = new Outbox(data.sheet_id, take, tell);
for (const op of outbox.ops) Object.assign(cellOf(op.entry, op.aspect), { shown: op.value, state: "waiting" });

/** Use the server's answers; what is being typed is left alone. @param {any} body @param {import("./outbox.js").Op[]} sent */
function take(body, sent) {
  sheetVersion = body.version;
  locked = body.state !== "open";
  body.answers.forEach((/** @type {any} */ answer, /** @type {number} */ index) => {
    const op = sent[index];
    const cell = cellOf(op.entry, op.aspect);
    cell.value = answer.value;
    cell.version = answer.version;
    const later = outbox.ops.find((next) => next.entry === op.entry && next.aspect === op.aspect);
    if (later) {
      // Another tap came meanwhile: it builds on what the server holds now.
      if (answer.answer === "ok") later.base_version = answer.version;
      return;
    }
    cell.reason = answer.reason;
    cell.server = answer.value;
    cell.state = { ok: "saved", conflict: "conflict", locked: "refused", invalid: "refused" }[/** @type {"ok"} */ (answer.answer)] ?? "refused";
    if (cell.state === "saved") cell.shown = answer.value;
    showCell(op.entry, op.aspect);
  });
  showProgress();
}

/** @param {"ok" | "offline" | "expired"} status */
function tell(status) {
  net.dataset.value = status;
  net.textContent = status === "ok" ? "" : words[status].replace("{n}", String(outbox.ops.length));
}

/** Give, change or clear a mark. @param {Entry} entry @param {Aspect} aspect @param {string | null} value */
function put(entry, aspect, value) {
  const cell = cellOf(entry.code, aspect.code);
  if (locked || same(cell.shown, value)) return;
  Object.assign(cell, { shown: value, state: "waiting", reason: "" });
  // Always a new operation: one that was sent may have arrived although its answer was lost.
  outbox.put({ op_id: uuid(), entry: entry.code, aspect: aspect.code, value, base_version: cell.version, device, at: new Date().toISOString() });
  showCell(entry.code, aspect.code);
  showProgress();
}

/** @param {string} tag @param {string} css @param {string} [text] */
function make(tag, css, text = "") {
  const element = document.createElement(tag);
  element.className = css;
  element.textContent = text;
  return element;
}

const active = () => entries.filter((entry) => !entry.status);
/** @param {Entry} entry */
const given = (entry) => aspects.filter((aspect) => cellOf(entry.code, aspect.code).shown !== null).length;

function showEntries() {
  entryList.textContent = "";
  entries.forEach((entry, index) => {
    const button = make("button", "pad-entry");
    button.setAttribute("type", "button");
    button.dataset.entry = entry.code;
    const label = make("span", "pad-entry-name", entry.name || entry.code);
    label.prepend(make("b", "", `${entry.start_order || entry.code} `));
    button.append(label, make("span", "pad-entry-count", entry.status ? words.absent : `${given(entry)}/${aspects.length}`));
    if (index === present) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => go(index));
    entryList.append(button);
  });
}

/** @param {number} index */
function go(index) {
  present = Math.min(entries.length - 1, Math.max(0, index));
  showEntries();
  showAspects();
  entryList.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

function showAspects() {
  const entry = entries[present];
  aspectBox.textContent = "";
  if (!entry) return;
  const head = make("div", "pad-who");
  head.append(make("h2", "", `${words.number.replace("{n}", String(entry.start_order || entry.code))} ${entry.name}`), make("span", "muted", entry.unit || entry.code));
  aspectBox.append(head);
  if (locked) aspectBox.append(make("p", "note", words.locked));
  let group = "";
  for (const aspect of aspects) {
    if (aspect.group !== group) aspectBox.append(make("h3", "pad-group", data.groups[aspect.group] ?? ""));
    group = aspect.group;
    aspectBox.append(row(entry, aspect));
    showCell(entry.code, aspect.code);
  }
}

/** @param {Entry} entry @param {Aspect} aspect */
function row(entry, aspect) {
  const line = make("div", "pad-aspect");
  line.dataset.cell = `${entry.code}\n${aspect.code}`;
  const label = make("label", "pad-label", aspect.title);
  const id = `mark-${aspect.code}`;
  label.setAttribute("for", id);
  label.append(make("span", "muted small", words.range.replace("{most}", aspect.maximum).replace("{step}", aspect.step)));
  const input = /** @type {HTMLInputElement} */ (make("input", "pad-input"));
  Object.assign(input, { id, inputMode: "decimal", autocomplete: "off", disabled: locked || !!entry.status });
  input.addEventListener("change", () => {
    const text = input.value.trim();
    put(entry, aspect, text === "" ? null : (read(text) ?? text));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      turn(entry, aspect, event.key === "ArrowUp" ? 1 : -1);
    }
    if (event.key === "Enter") {
      const inputs = [...aspectBox.querySelectorAll(".pad-input")];
      /** @type {HTMLInputElement | undefined} */ (inputs[inputs.indexOf(input) + 1])?.focus();
      input.blur();
    }
  });
  const controls = make("div", "pad-controls");
  for (const [sign, direction, name] of /** @type {[string, 1 | -1, string][]} */ ([["−", -1, words.less], ["+", 1, words.more]])) {
    const button = /** @type {HTMLButtonElement} */ (make("button", "pad-step", sign));
    Object.assign(button, { type: "button", disabled: locked || !!entry.status });
    button.setAttribute("aria-label", `${aspect.title}: ${name}`);
    button.addEventListener("click", () => turn(entry, aspect, direction));
    controls.append(button);
  }
  controls.insertBefore(input, controls.lastChild);
  line.append(label, controls, make("div", "pad-state"));
  return line;
}

/** @param {Entry} entry @param {Aspect} aspect @param {1 | -1} direction */
function turn(entry, aspect, direction) {
  const cell = cellOf(entry.code, aspect.code);
  const from = cell.shown !== null && read(cell.shown) === null ? null : cell.shown;
  put(entry, aspect, stepped(from, direction, aspect));
}

/** Bring one cell up to date, never while its number is being typed. @param {string} entry @param {string} aspect */
function showCell(entry, aspect) {
  const line = /** @type {HTMLElement | null} */ (aspectBox.querySelector(`[data-cell="${CSS.escape(`${entry}\n${aspect}`)}"]`));
  const count = entryList.querySelector(`[data-entry="${CSS.escape(entry)}"] .pad-entry-count`);
  const whole = entries.find((row) => row.code === entry);
  if (count && whole && !whole.status) count.textContent = `${given(whole)}/${aspects.length}`;
  if (!line) return;
  const cell = cellOf(entry, aspect);
  const input = /** @type {HTMLInputElement} */ (line.querySelector(".pad-input"));
  const typing = document.activeElement === input && input.value !== (cell.shown ?? "") && cell.state === "saved";
  if (!typing) input.value = cell.shown ?? "";
  const state = /** @type {HTMLElement} */ (line.querySelector(".pad-state"));
  state.dataset.value = cell.state;
  state.textContent = { waiting: `✓ ${words.waiting}`, saved: `✓✓ ${words.saved}`, conflict: `! ${words.conflict}`, refused: `✗ ${cell.reason}` }[/** @type {"saved"} */ (cell.state)] ?? "";
  input.setAttribute("aria-invalid", String(cell.state === "refused"));
  if (cell.state === "conflict") state.append(choices(entry, aspect, cell));
}

/** Both values, and the judge chooses. @param {string} entry @param {string} aspect @param {Cell} cell */
function choices(entry, aspect, cell) {
  const box = make("div", "pad-choices");
  const mine = make("button", "button small", words.mine.replace("{value}", cell.shown ?? words.nothing));
  const theirs = make("button", "button small", words.theirs.replace("{value}", cell.server ?? words.nothing));
  mine.addEventListener("click", () => {
    const value = cell.shown;
    cell.shown = cell.server;
    put(/** @type {Entry} */ (entries.find((row) => row.code === entry)), /** @type {Aspect} */ (aspects.find((row) => row.code === aspect)), value);
  });
  theirs.addEventListener("click", () => {
    Object.assign(cell, { shown: cell.server, state: "saved" });
    showCell(entry, aspect);
  });
  box.append(mine, theirs);
  return box;
}

function showProgress() {
  const total = active().length * aspects.length;
  const done = active().reduce((sum, entry) => sum + given(entry), 0);
  progress.textContent = words.progress.replace("{n}", String(done)).replace("{total}", String(total));
}

/** Show what is missing before what is complete. */
function review() {
  const body = one("sign-body");
  body.textContent = "";
  const blanks = active().flatMap((entry) => aspects.filter((aspect) => cellOf(entry.code, aspect.code).shown === null).map((aspect) => ({ entry, aspect })));
  const open = outbox.ops.length || [...cells.values()].some((cell) => cell.state === "conflict" || cell.state === "refused");
  if (open) body.append(make("p", "note warn", words.unsent));
  body.append(make("h2", "", blanks.length ? words.missing.replace("{n}", String(blanks.length)) : words.complete));
  for (const { entry, aspect } of blanks.slice(0, 12)) {
    const button = make("button", "button small", `${entry.start_order || entry.code} ${entry.name} · ${aspect.title}`);
    button.addEventListener("click", () => {
      dialog.close();
      go(entries.indexOf(entry));
      document.getElementById(`mark-${aspect.code}`)?.focus();
    });
    body.append(button);
  }
  /** @type {HTMLButtonElement} */ (one("sign-off")).disabled = locked || blanks.length > 0 || !!open;
  dialog.showModal();
}

async function signOff() {
  const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
  const answer = await fetch(`/api/v1/contests/sheets/${data.sheet_id}/sign-off`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ version: sheetVersion }),
  });
  const body = await answer.json();
  const note = make("p", answer.ok ? "note ok" : "note error", answer.ok ? words.signed : body.message);
  one("sign-body").prepend(note);
  if (answer.ok) {
    locked = true;
    /** @type {HTMLButtonElement} */ (one("sign-off")).disabled = true;
    showAspects();
  }
}

one("previous").addEventListener("click", () => go(present - 1));
one("next").addEventListener("click", () => go(present + 1));
one("review").addEventListener("click", review);
one("sign-off").addEventListener("click", () => signOff().catch(() => tell("offline")));
addEventListener("online", () => outbox.flush());
addEventListener("beforeunload", (event) => {
  if (outbox.ops.length) event.preventDefault();
});
showEntries();
showAspects();
showProgress();
outbox.flush();
