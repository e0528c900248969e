// The pad's page: contestants left, aspects right. It draws what the store holds and never waits for the network.
import { LitElement, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { aspectRow } from "./aspect.js";
import { exportRecord } from "./record.js";
import { review } from "./review.js";
import { signatures } from "./signatures.js";
import { call } from "./sync.js";

/** @typedef {{code: string, name: string, unit: string, start_order: number, status: string, is_recused: boolean}} Entry */

/** Fill {names} of a sentence. @param {string} text @param {Record<string, string | number>} values */
export const say = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));

export class Pad extends LitElement {
  constructor() {
    super();
    this.present = 0;
    this.net = "ok";
    this.kept = "busy";
    this.fault = "";
    this.isReady = false;
    /** @type {any} */
    this.reviewing = null;
    /** @type {any} */
    this.asking = null;
  }

  // The page's own style sheet applies: no shadow root.
  createRenderRoot() {
    return this;
  }

  /** @param {import("./store.js").Store} store @param {import("./sync.js").Sync} sync @param {Record<string, string>} words */
  open(store, sync, words) {
    Object.assign(this, { store, sync, words });
    store.addEventListener("change", () => this.requestUpdate());
  }

  get s() {
    return /** @type {import("./store.js").Store} */ (/** @type {any} */ (this).store);
  }

  get w() {
    return /** @type {Record<string, string>} */ (/** @type {any} */ (this).words);
  }

  ready() {
    this.isReady = true;
    const first = this.entries.findIndex((entry) => this.due(entry).some((aspect) => this.s.cell(entry.code, aspect.code).shown === null));
    this.present = Math.max(0, first);
    this.requestUpdate();
  }

  /** @param {string} why */
  broken(why) {
    this.fault = why;
    this.requestUpdate();
  }

  /** @param {string} net */
  tell(net) {
    this.net = net;
    this.requestUpdate();
  }

  /** @param {string} kept */
  keeps(kept) {
    this.kept = kept;
    this.requestUpdate();
  }

  /** @returns {Entry[]} */
  get entries() {
    return this.s.pad.entries;
  }

  /** The aspects this judge marks of an entry. @param {Entry} entry @returns {any[]} */
  due(entry) {
    if (entry.status || entry.is_recused) return [];
    const before = new Set(this.s.pad.given_before.filter((/** @type {string[]} */ cell) => cell[0] === entry.code).map((/** @type {string[]} */ cell) => cell[1]));
    return this.s.pad.aspects.filter((/** @type {any} */ aspect) => !before.has(aspect.code));
  }

  /** @param {Entry} entry */
  given(entry) {
    return this.due(entry).filter((aspect) => this.s.cell(entry.code, aspect.code).shown !== null).length;
  }

  /** The last unveiling of a cell. @param {string} entry @param {string} aspect */
  shown(entry, aspect) {
    return this.s.pad.shown.filter((/** @type {any} */ row) => row.entry === entry && row.aspect === aspect).at(-1);
  }

  /** @param {number} index @param {string} [aspect] */
  async go(index, aspect) {
    this.present = Math.min(this.entries.length - 1, Math.max(0, index));
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (aspect) /** @type {HTMLElement | null} */ (this.querySelector(`#mark-${CSS.escape(aspect)}`))?.focus();
    else this.querySelector(".pad-aspects")?.scrollTo(0, 0);
  }

  render() {
    if (!this.s) return nothing;
    if (this.fault) return html`<main class="pad"><p class="note error">${this.w.broken} ${this.fault}</p></main>`;
    return html`<main class="pad" ?inert=${!this.isReady}>
      ${this.head()}
      <nav class="pad-entries" aria-label=${this.w.contestants}>${repeat(this.entries, (entry) => entry.code, (entry, index) => this.entryButton(entry, index))}</nav>
      <section class="pad-aspects">${this.banner()}${this.contested()}${this.aspects()}</section>
      <footer class="pad-foot">
        <button class="button" type="button" @click=${() => this.go(this.present - 1)}>${this.w.previous}</button>
        <button class="button" type="button" @click=${() => this.go(this.present + 1)}>${this.w.next}</button>
        ${this.s.locked ? nothing : html`<button class="button primary" type="button" data-review @click=${() => this.review()}>${this.w.review}</button>`}
      </footer>
      ${this.reviewing ? review(this) : nothing}${this.asking ? this.askAgain() : nothing}
    </main>`;
  }

  head() {
    const { w, s } = this;
    const total = this.entries.reduce((sum, entry) => sum + this.due(entry).length, 0);
    const done = this.entries.reduce((sum, entry) => sum + this.given(entry), 0);
    const kept = { kept: `${w.offlineReady} ✓`, busy: w.offlineBusy, insecure: w.insecureShort, failed: w.offlineFailed }[/** @type {"kept"} */ (this.kept)];
    return html`<header class="pad-head">
      <a class="top-button" href="/contests/sheets/" aria-label=${w.mySheets}>←</a>
      <div class="grow"><h1>${s.pad.title}</h1><p class="muted small">${w.judge} ${s.pad.judge} · ${s.pad.judge_code}${s.pad.role === "trainee" ? ` · ${w.trainee}` : ""}</p></div>
      <p class="pad-kept" data-kept=${this.kept} role="status">${kept}</p>
      <span class="pad-progress" data-progress>${say(w.progress, { n: done, total })}</span>
      <button class="button small" type="button" data-record @click=${() => exportRecord(s, w)}>${w.record}</button>
    </header>`;
  }

  banner() {
    const { w, s, net } = this;
    const text = net === "ok" ? "" : say(w[net], { n: s.unsent });
    const late = [...s.cells.values()].filter((cell) => cell.state === "late").length;
    return html`<p class="pad-net" data-net data-value=${net} role="status">${text}${net === "expired" ? html` <a href="/people/sign-in/" target="_blank" rel="noopener">${w.signIn}</a>` : nothing}</p>
      ${this.kept === "insecure" ? html`<p class="note warn" data-insecure>${w.insecure}</p>` : nothing}
      ${s.failed ? html`<p class="note error">${w.storageFull}</p>` : nothing}
      ${late ? html`<p class="note error" data-late>${say(s.locked ? w.lateMarks : w.lateChoose, { n: late })}</p>` : nothing}
      ${signatures(this)}`;
  }

  /** @param {Entry} entry @param {number} index */
  entryButton(entry, index) {
    const due = this.due(entry).length;
    const count = entry.status ? this.w.absent : entry.is_recused ? this.w.recused : `${this.given(entry)}/${due}`;
    const waits = this.due(entry).some((aspect) => this.s.isOpen(this.s.cell(entry.code, aspect.code)));
    return html`<button class="pad-entry" type="button" aria-current=${index === this.present ? "true" : nothing} @click=${() => this.go(index)}>
      <span class="pad-entry-name"><b>${entry.start_order || entry.code}</b> ${entry.name || entry.code}</span>
      <span class="pad-entry-count ${waits ? "wrong" : ""} ${due && this.given(entry) === due ? "full" : ""}">${waits ? "! " : ""}${count}</span></button>`;
  }

  /** What waits for the group leader. */
  contested() {
    const last = new Map(this.s.pad.shown.map((/** @type {any} */ row) => [`${row.entry}\n${row.aspect}`, row]));
    const rows = [...last.values()].filter((row) => row.spread > 1 && !row.is_again);
    if (!rows.length) return nothing;
    const title = (/** @type {string} */ code) => this.s.pad.aspects.find((/** @type {any} */ aspect) => aspect.code === code)?.title ?? code;
    return html`<section class="note warn" data-contested><div class="grow stack-small"><p class="strong">${this.w.contested}</p><ul>${rows.map(
      (row) => html`<li class="row"><span>${row.entry} · ${title(row.aspect)}: ${Object.entries(row.marks).map(([judge, mark]) => `${judge} ${mark}`).join(" · ")}</span>
        ${this.s.pad.is_leader && !this.s.locked ? html`<button class="button small" type="button" @click=${() => this.ask(row)}>${this.w.again}</button>` : nothing}</li>`,
    )}</ul><p class="small">${this.s.pad.is_leader ? this.w.contestedLeader : this.w.contestedJudge}</p></div></section>`;
  }

  aspects() {
    const entry = this.entries[this.present];
    if (!entry) return html`<p class="empty">${this.w.nobody}</p>`;
    const due = new Set(this.due(entry).map((aspect) => aspect.code));
    let group = "";
    return html`<div class="pad-who"><h2>${say(this.w.number, { n: entry.start_order || entry.code })} ${entry.name}</h2><span class="muted">${entry.unit || entry.code}</span></div>
      ${entry.is_recused ? html`<p class="note">${this.w.recusedLong}</p>` : nothing}
      ${repeat(this.s.pad.aspects, (/** @type {any} */ aspect) => `${entry.code} ${aspect.code}`, (/** @type {any} */ aspect) => {
        const head = aspect.group === group ? nothing : html`<h3 class="pad-group">${this.s.pad.groups[aspect.group] ?? ""}</h3>`;
        group = aspect.group;
        return html`${head}${aspectRow(this, entry, aspect, due.has(aspect.code))}`;
      })}`;
  }

  async review() {
    this.reviewing = { step: "check", message: "", is_busy: false };
    this.requestUpdate();
    await this.updateComplete;
    /** @type {HTMLDialogElement} */ (this.querySelector("[data-sign]")).showModal();
  }

  /** @param {any} row */
  async ask(row) {
    this.asking = { ...row, message: "" };
    this.requestUpdate();
    await this.updateComplete;
    /** @type {HTMLDialogElement} */ (this.querySelector("[data-again]")).showModal();
  }

  askAgain() {
    const close = () => ((this.asking = null), this.requestUpdate());
    const send = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const reason = /** @type {HTMLInputElement} */ (this.querySelector("#again-reason")).value;
      try {
        const answer = await call(`/api/v1/contests/${this.s.pad.contest_code}/contested`, { entry: this.asking.entry, aspect: this.asking.aspect, reason });
        if (!answer.ok) throw new Error(answer.body.message);
        close();
        await /** @type {any} */ (this).sync.refresh();
      } catch (error) {
        this.asking = { ...this.asking, message: error instanceof Error && error.message ? error.message : this.w.notNow };
        this.requestUpdate();
      }
    };
    return html`<dialog class="sheet" data-again @close=${close}><form class="stack" @submit=${send}>
      <h2>${this.w.again}</h2><p>${this.w.againLong}</p>${this.asking.message ? html`<p class="note error">${this.asking.message}</p>` : nothing}
      <div class="field"><label for="again-reason">${this.w.reason}</label><input class="input" id="again-reason" maxlength="300" required></div>
      <div class="row"><button class="button primary">${this.w.again}</button><button class="button" type="button" @click=${close}>${this.w.cancel}</button></div></form></dialog>`;
  }
}
customElements.define("jb-pad", Pad);
