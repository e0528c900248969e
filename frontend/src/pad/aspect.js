// One aspect of one contestant: a number with − and +, or the four buttons of a worldskills judgement.
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { read, stepped } from "./decimal.js";

const LEVELS = ["0", "1", "2", "3"];
const MARKS = /** @type {Record<string, string>} */ ({ writing: "…", waiting: "✓", saved: "✓✓", conflict: "!", refused: "✗", late: "✗" });

/** @param {import("./pad.js").Pad} pad @param {import("./pad.js").Entry} entry @param {any} aspect @param {boolean} isDue */
export function aspectRow(pad, entry, aspect, isDue) {
  const cell = pad.s.cell(entry.code, aspect.code);
  const isClosed = pad.s.locked || !isDue;
  const range = aspect.is_committed ? pad.w.levelRange : pad.w.range.replace("{most}", aspect.maximum).replace("{step}", aspect.step);
  return html`<div class="pad-aspect ${aspect.is_committed ? "pad-judgement" : ""}" data-aspect=${aspect.code}>
    <label class="pad-label" for=${`mark-${aspect.code}`}>${aspect.title}<span class="muted small">${range}</span></label>
    ${aspect.is_committed ? levels(pad, entry, aspect, cell, isClosed) : number(pad, entry, aspect, cell, isClosed)}
    ${stateOf(pad, entry, aspect, cell, isDue)}${pictures(pad, aspect)}
  </div>`;
}

/** @param {import("./pad.js").Pad} pad @param {import("./pad.js").Entry} entry @param {any} aspect @param {import("./db.js").Cell} cell @param {boolean} isClosed */
function number(pad, entry, aspect, cell, isClosed) {
  const turn = (/** @type {1 | -1} */ direction) => {
    const from = cell.shown !== null && read(cell.shown) === null ? null : cell.shown;
    pad.s.put(entry.code, aspect.code, stepped(from, direction, aspect));
  };
  const commit = (/** @type {Event} */ event) => {
    const text = /** @type {HTMLInputElement} */ (event.target).value.trim();
    pad.s.put(entry.code, aspect.code, text === "" ? null : (read(text) ?? text));
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      turn(event.key === "ArrowUp" ? 1 : -1);
    }
    if (event.key === "Enter") {
      const inputs = /** @type {HTMLInputElement[]} */ ([...pad.querySelectorAll(".pad-input")]);
      const next = inputs[inputs.indexOf(/** @type {HTMLInputElement} */ (event.target)) + 1];
      /** @type {HTMLInputElement} */ (event.target).blur();
      next?.focus();
    }
  };
  // What is half typed is the draft: it is drawn again exactly as typed, whatever arrives meanwhile.
  return html`<div class="pad-controls">
    <button class="pad-step" type="button" ?disabled=${isClosed} aria-label=${`${aspect.title}: ${pad.w.less}`} @click=${() => turn(-1)}>−</button>
    <input class="pad-input" id=${`mark-${aspect.code}`} inputmode="decimal" autocomplete="off" enterkeyhint="next" ?disabled=${isClosed}
      aria-invalid=${String(cell.state === "refused")} .value=${live(cell.draft ?? cell.shown ?? "")}
      @input=${(/** @type {Event} */ event) => pad.s.draft(entry.code, aspect.code, /** @type {HTMLInputElement} */ (event.target).value)} @change=${commit} @keydown=${keys}>
    <button class="pad-step" type="button" ?disabled=${isClosed} aria-label=${`${aspect.title}: ${pad.w.more}`} @click=${() => turn(1)}>+</button>
  </div>`;
}

/** @param {import("./pad.js").Pad} pad @param {import("./pad.js").Entry} entry @param {any} aspect @param {import("./db.js").Cell} cell @param {boolean} isClosed */
function levels(pad, entry, aspect, cell, isClosed) {
  const last = pad.shown(entry.code, aspect.code);
  const isShown = !!last && !last.is_again;
  return html`<div class="pad-levels" role="radiogroup" aria-label=${aspect.title}>${LEVELS.map(
    (level, index) => html`<button class="pad-level" type="button" role="radio" id=${index ? nothing : `mark-${aspect.code}`} aria-checked=${String(cell.shown === level)}
      ?disabled=${isClosed || isShown} @click=${() => pad.s.put(entry.code, aspect.code, level)}><b>${level}</b><span class="small">${aspect.levels[index] || pad.w[`level${level}`]}</span></button>`,
  )}</div>`;
}

/** @param {import("./pad.js").Pad} pad @param {import("./pad.js").Entry} entry @param {any} aspect @param {import("./db.js").Cell} cell @param {boolean} isDue */
function stateOf(pad, entry, aspect, cell, isDue) {
  const { w } = pad;
  const words = /** @type {Record<string, string>} */ ({ waiting: w.waiting, saved: w.saved, conflict: w.conflict, refused: cell.reason, late: cell.reason });
  const text = cell.draft !== null ? `✎ ${w.draft}` : cell.state ? `${MARKS[cell.state]} ${words[cell.state] ?? ""}` : isDue || entry.status || entry.is_recused ? "" : w.givenBefore;
  const last = aspect.is_committed ? pad.shown(entry.code, aspect.code) : undefined;
  return html`<div class="pad-state" data-value=${cell.draft !== null ? "draft" : cell.state}>${text}
    ${cell.state === "conflict" || (cell.state === "late" && pad.s.isOpen(cell)) ? choices(pad, entry, aspect, cell) : nothing}
    ${last && !last.is_again ? html`<p class="pad-shown ${last.spread > 1 ? "wrong" : ""}">${Object.entries(last.marks).map(([judge, mark]) => html`<span><b>${mark}</b> ${judge}</span>`)}</p>` : nothing}
    ${last?.is_again ? html`<p class="small">${w.againAsked} ${last.reason}</p>` : nothing}
    ${aspect.is_committed && cell.shown !== null && (!last || last.is_again) && cell.state === "saved" ? html`<p class="small">${w.committed}</p>` : nothing}</div>`;
}

/** Both values, and the judge chooses. @param {import("./pad.js").Pad} pad @param {import("./pad.js").Entry} entry @param {any} aspect @param {import("./db.js").Cell} cell */
function choices(pad, entry, aspect, cell) {
  const { w } = pad;
  return html`<div class="pad-choices">
    <button class="button small" type="button" @click=${() => pad.s.put(entry.code, aspect.code, cell.shown)}>${w.mine.replace("{value}", cell.shown ?? w.nothing)}</button>
    <button class="button small" type="button" @click=${() => pad.s.takeTheirs(entry.code, aspect.code)}>${w.theirs.replace("{value}", cell.server ?? w.nothing)}</button></div>`;
}

/** Photos of a good and a bad piece. @param {import("./pad.js").Pad} pad @param {any} aspect */
function pictures(pad, aspect) {
  const { good, bad } = aspect.pictures;
  if (!good && !bad) return nothing;
  return html`<div class="pad-pictures">${good ? html`<figure><img src=${good} alt="" loading="lazy"><figcaption>✓ ${pad.w.good}</figcaption></figure>` : nothing}
    ${bad ? html`<figure><img src=${bad} alt="" loading="lazy"><figcaption>✗ ${pad.w.bad}</figcaption></figure>` : nothing}</div>`;
}
