// The stage of a reveal: the opening, a called place in suspense, a medal's name, the podium at the end. What it shows is the board's state.
import { ems } from "./lines.js";
import { put, roll } from "./roll.js";

/** @typedef {import("./reducer.js").Row} Row */
/** @typedef {import("./reducer.js").Board} Board */

const MEDALS = ["", "gold", "silver", "bronze"];
const CARD = 7000;
const PODIUM = 30_000;
const LONG_NAME = 8; // Chinese characters: more are written smaller
const PIECES = 60;
const MOST_ON_A_STEP = 2;

export class Stage {
  /**
   * @param {HTMLElement} root @param {Record<string, string>} words @param {boolean} isCalm
   * @param {(row: Row) => number | null} wasAt which place a row had when the board froze, where this screen showed it
   */
  constructor(root, words, isCalm, wasAt) {
    this.wasAt = wasAt;
    this.box = /** @type {HTMLElement | null} */ (root.querySelector("[data-stage]"));
    this.words = words;
    this.isCalm = isCalm;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Board | null} */
    this.before = null;
  }

  /** @param {string} name */
  part(name) {
    return /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (this.box).querySelector(`[data-stage-${name}]`));
  }

  /** @param {Board} board */
  take(board) {
    if (!this.box) return;
    const before = this.before;
    this.before = board;
    if (board.state === "revealing" && board.call) return this.call(board.call.rank, board.call.of ?? 1);
    if (board.state === "revealing" && board.left && !board.rows.length) return this.opening(board);
    const fresh = before && before.state === "revealing" && board.state === "revealing" ? board.rows.filter((row) => !before.rows.some((old) => old.id === row.id)) : [];
    const medal = fresh.find((row) => row.rank !== null && row.rank <= 3);
    if (medal) return this.card(medal);
    if (before && before.state === "revealing" && board.state === "final") return this.podium(board);
    if (before?.call || (before && !before.rows.length) || board.state === "live" || board.state === "frozen" || (before && board.rows.length < before.rows.length)) this.close();
  }

  /** @param {Record<string, string>} texts */
  say(texts) {
    for (const name of ["place", "name", "unit", "total", "note"]) put(this.part(name), texts[name] ?? "");
    this.part("name").classList.toggle("long", ems(texts.name ?? "") > LONG_NAME);
  }

  /** Nothing is out yet: the hall's lights go down. @param {Board} board */
  opening(board) {
    this.open("", "opening");
    this.say({ place: this.words.reveal, name: board.title });
  }

  /** A place is called, its name is still to come. @param {number} rank @param {number} sharers */
  call(rank, sharers) {
    this.open(MEDALS[rank] ?? "", "call");
    this.say({ place: this.place(rank), name: "? ? ?", note: sharers > 1 ? this.words.shared.replace("{count}", String(sharers)) : "" });
  }

  /** @param {Row} row */
  card(row) {
    this.open(MEDALS[row.rank ?? 0] ?? "", "card");
    const was = this.wasAt(row);
    const isMoved = was !== null && was !== row.rank;
    this.say({ place: this.place(row.rank ?? 0), name: row.name, unit: row.unit, note: isMoved ? this.words.was.replace("{rank}", String(was)) : "" });
    this.part("total").dataset.value = "0";
    roll(this.part("total"), row.total, this.isCalm);
    if (row.rank === 1) this.confetti();
    this.timer = setTimeout(() => this.close(), CARD);
  }

  /** The end: three steps, the third fills first, the highest last. @param {Board} board */
  podium(board) {
    const best = board.rows.filter((row) => row.rank !== null && row.rank <= 3);
    if (!best.length) return;
    this.open("gold", "podium");
    this.say({ place: board.title });
    const steps = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (this.box).querySelector("[data-podium]"));
    steps.hidden = false;
    steps.textContent = "";
    for (const rank of [1, 2, 3]) {
      const rows = best.filter((row) => row.rank === rank);
      if (!rows.length) continue;
      const step = document.createElement("li");
      step.className = `podium-step ${MEDALS[rank]}`;
      const line = (/** @type {string} */ name, /** @type {string} */ text) => step.append(Object.assign(document.createElement("span"), { className: `podium-${name}${name === "name" && ems(text) > LONG_NAME ? " long" : ""}`, textContent: text }));
      for (const row of rows.slice(0, MOST_ON_A_STEP)) {
        line("name", row.name);
        line("unit", row.unit);
      }
      if (rows.length > MOST_ON_A_STEP) line("unit", `+ ${rows.length - MOST_ON_A_STEP}`);
      line("total", rows[0].total);
      line("block", String(rank));
      steps.append(step);
    }
    this.confetti();
    this.timer = setTimeout(() => this.close(), PODIUM);
  }

  /** @param {number} rank */
  place(rank) {
    return this.words[`place${rank}`] ?? String(rank);
  }

  /** @param {string} medal @param {string} scene */
  open(medal, scene) {
    const box = /** @type {HTMLElement} */ (this.box);
    clearTimeout(this.timer);
    box.querySelector(".confetti")?.remove();
    const steps = /** @type {HTMLElement | null} */ (box.querySelector("[data-podium]"));
    if (steps) steps.hidden = true;
    // The name springs in anew each time: an animation that has run does not run again by itself.
    const name = this.part("name");
    name.replaceWith(name.cloneNode(false));
    box.dataset.medal = medal;
    box.dataset.scene = scene;
    box.hidden = false;
  }

  close() {
    clearTimeout(this.timer);
    if (this.box) this.box.hidden = true;
  }

  confetti() {
    if (this.isCalm || !this.box) return;
    const rain = document.createElement("div");
    rain.className = "confetti";
    rain.setAttribute("aria-hidden", "true");
    for (let number = 0; number < PIECES; number += 1) {
      const piece = document.createElement("i");
      piece.style.setProperty("--x", String((number * 61) % 100));
      piece.style.setProperty("--delay", String(((number * 37) % 100) / 40));
      piece.style.setProperty("--turn", String(((number * 53) % 100) / 10));
      rain.append(piece);
    }
    this.box.append(rain);
  }
}
