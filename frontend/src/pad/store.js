// The sheet as this tablet knows it. A mark and its operation are stored in one transaction before the screen says so.
import { same } from "./decimal.js";
import { blank, device, open, uuid } from "./db.js";

/** @typedef {import("./db.js").Op} Op */
/** @typedef {import("./db.js").Cell} Cell */

const STATES = /** @type {Record<string, string>} */ ({ ok: "saved", conflict: "conflict", locked: "late", invalid: "refused" });
/** @param {string} entry @param {string} aspect */
const name = (entry, aspect) => `${entry}\n${aspect}`;

export class Store extends EventTarget {
  /** @param {any} pad the sheet as the page or the API gave it */
  constructor(pad) {
    super();
    this.pad = pad;
    this.sheet = pad.sheet_id;
    /** @type {Map<string, Cell>} */
    this.cells = new Map();
    this.unsent = 0;
    this.version = pad.version;
    this.state = pad.state;
    this.failed = false;
    this.device = device();
    this.tabs = "BroadcastChannel" in window ? new BroadcastChannel(`jinbang-pad-${this.sheet}`) : null;
    this.tabs?.addEventListener("message", () => this.load());
  }

  /** Open what this tablet holds, and take what the server says where nothing waits. */
  async begin() {
    this.db = await open();
    await this.adopt();
    await this.load();
    await this.merge(this.pad);
  }

  /** Take over what an earlier release of this page left in localStorage. */
  async adopt() {
    const key = `jinbang-outbox-${this.sheet}`;
    const ops = JSON.parse(localStorage.getItem(key) ?? "[]");
    if (!ops.length) return;
    const tx = /** @type {any} */ (this.db).transaction(["ops", "cells"], "readwrite");
    for (const op of ops) {
      tx.objectStore("ops").add({ ...op, sheet: this.sheet });
      tx.objectStore("cells").put({ ...blank(), sheet: this.sheet, entry: op.entry, aspect: op.aspect, shown: op.value, version: op.base_version, state: "waiting" });
    }
    await tx.done;
    localStorage.removeItem(key);
  }

  /** Read everything again, as another tab of this tablet may have written. */
  async load() {
    const db = /** @type {any} */ (this.db);
    const [rows, unsent] = await Promise.all([db.getAllFromIndex("cells", "sheet", this.sheet), db.countFromIndex("ops", "sheet", this.sheet)]);
    for (const { sheet, entry, aspect, ...cell } of rows) this.cells.set(name(entry, aspect), cell);
    this.unsent = unsent;
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} entry @param {string} aspect @returns {Cell} */
  cell(entry, aspect) {
    const key = name(entry, aspect);
    let cell = this.cells.get(key);
    if (!cell) this.cells.set(key, (cell = blank()));
    return cell;
  }

  get locked() {
    return this.state !== "open";
  }

  /** Whether the judge still has to decide about a mark: two tablets disagree, it was refused, or it came late and the sheet is open again. @param {Cell} cell */
  isOpen(cell) {
    return ["conflict", "refused"].includes(cell.state) || (cell.state === "late" && !this.locked);
  }

  /** Give, change or clear a mark. @param {string} entry @param {string} aspect @param {string | null} value */
  async put(entry, aspect, value) {
    const cell = this.cell(entry, aspect);
    if (this.locked) return;
    if (same(cell.shown, value) && !this.isOpen(cell)) {
      if (cell.draft !== null) await this.draft(entry, aspect, null);
      return;
    }
    Object.assign(cell, { shown: value, state: "writing", reason: "", draft: null });
    this.changed();
    const now = new Date().toISOString();
    // Always a new operation: one that was sent may have arrived although its answer was lost.
    const op = { op_id: uuid(), entry, aspect, value, base_version: cell.version, device: this.device, at: now };
    try {
      const tx = /** @type {any} */ (this.db).transaction(["cells", "ops", "log"], "readwrite", { durability: "strict" });
      tx.objectStore("ops").add({ ...op, sheet: this.sheet });
      tx.objectStore("log").add({ ...op, sheet: this.sheet, kind: "given" });
      tx.objectStore("cells").put({ ...cell, state: "waiting", sheet: this.sheet, entry, aspect });
      await tx.done;
      this.unsent += 1;
      if (cell.state === "writing") cell.state = "waiting";
    } catch (error) {
      this.failed = true;
      Object.assign(cell, { state: "refused", reason: String(error) });
    }
    this.changed();
    this.tabs?.postMessage("changed");
    this.dispatchEvent(new Event("wake"));
  }

  /** Keep what is half typed; it is no mark yet. @param {string} entry @param {string} aspect @param {string | null} text */
  async draft(entry, aspect, text) {
    const cell = this.cell(entry, aspect);
    cell.draft = text;
    this.changed();
    await /** @type {any} */ (this.db).put("cells", { ...cell, state: cell.state === "writing" ? "waiting" : cell.state, sheet: this.sheet, entry, aspect });
  }

  /** The next operations to send: one a cell, as each needs the version the one before brings. @returns {Promise<Op[]>} */
  async waiting() {
    const rows = await /** @type {any} */ (this.db).getAllFromIndex("ops", "sheet", this.sheet);
    this.unsent = rows.length;
    const taken = new Set();
    return rows.filter((/** @type {any} */ op) => !taken.has(name(op.entry, op.aspect)) && taken.add(name(op.entry, op.aspect))).slice(0, 50);
  }

  /** Use the server's answers, in one transaction with the end of their operations. @param {any[]} sent @param {any} body */
  async answered(sent, body) {
    const tx = /** @type {any} */ (this.db).transaction(["cells", "ops", "log"], "readwrite");
    const left = (await tx.objectStore("ops").index("sheet").getAll(this.sheet)).filter((/** @type {any} */ op) => !sent.some((done) => done.seq === op.seq));
    body.answers.forEach((/** @type {any} */ answer, /** @type {number} */ index) => {
      const op = sent[index];
      const cell = this.cell(op.entry, op.aspect);
      Object.assign(cell, { value: answer.value, version: answer.version });
      const later = left.filter((/** @type {any} */ next) => next.entry === op.entry && next.aspect === op.aspect);
      // Another tap came meanwhile: it builds on what the server holds now.
      if (answer.answer === "ok") for (const next of later.slice(0, 1)) tx.objectStore("ops").put({ ...next, base_version: answer.version });
      if (!later.length) {
        Object.assign(cell, { state: STATES[answer.answer] ?? "refused", reason: answer.reason, server: answer.value });
        if (cell.state === "saved") cell.shown = answer.value;
      }
      tx.objectStore("ops").delete(op.seq);
      tx.objectStore("log").add({ op_id: op.op_id, entry: op.entry, aspect: op.aspect, sheet: this.sheet, kind: answer.answer, value: answer.value, version: answer.version, reason: answer.reason, at: new Date().toISOString() });
      tx.objectStore("cells").put({ ...cell, state: cell.state === "writing" ? "waiting" : cell.state, sheet: this.sheet, entry: op.entry, aspect: op.aspect });
    });
    await tx.done;
    this.unsent = left.length;
    this.version = body.version;
    this.state = body.state;
    this.changed();
    this.tabs?.postMessage("changed");
  }

  /** Take a newer sheet from the server; what waits here, or waits for the judge's choice, stays. @param {any} pad */
  async merge(pad) {
    const db = /** @type {any} */ (this.db);
    const kept = await db.get("sheets", this.sheet);
    const newest = kept && kept.version > pad.version ? kept : pad;
    const busy = new Set((await db.getAllFromIndex("ops", "sheet", this.sheet)).map((/** @type {any} */ op) => name(op.entry, op.aspect)));
    const tx = db.transaction(["cells", "sheets"], "readwrite");
    for (const mark of newest.marks) {
      const cell = this.cell(mark.entry, mark.aspect);
      if (busy.has(name(mark.entry, mark.aspect)) || cell.state === "writing" || mark.version < cell.version) continue;
      if (cell.state === "conflict" && !same(cell.shown, mark.value)) Object.assign(cell, { server: mark.value, version: mark.version });
      else if (!(["refused", "late"].includes(cell.state) && mark.version === cell.version)) {
        Object.assign(cell, { value: mark.value, version: mark.version, shown: mark.value, server: mark.value, reason: "", state: mark.value === null ? "" : "saved" });
      }
      tx.objectStore("cells").put({ ...cell, sheet: this.sheet, entry: mark.entry, aspect: mark.aspect });
    }
    tx.objectStore("sheets").put(newest);
    await tx.done;
    Object.assign(this, { pad: newest, version: newest.version, state: newest.state });
    this.changed();
  }

  /** The judge chose the server's value. @param {string} entry @param {string} aspect */
  async takeTheirs(entry, aspect) {
    const cell = this.cell(entry, aspect);
    Object.assign(cell, { shown: cell.server, value: cell.server, state: cell.server === null ? "" : "saved", reason: "" });
    await /** @type {any} */ (this.db).put("cells", { ...cell, sheet: this.sheet, entry, aspect });
    this.changed();
  }

  /** Everything this tablet ever stored of this sheet, oldest first. */
  async record() {
    const db = /** @type {any} */ (this.db);
    const [log, ops] = await Promise.all([db.getAllFromIndex("log", "sheet", this.sheet), db.getAllFromIndex("ops", "sheet", this.sheet)]);
    return { log, unsent: ops };
  }
}
