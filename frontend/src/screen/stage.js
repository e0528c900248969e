// The stage of a reveal: a called place in suspense, a medal's name, the podium at the end. What it shows is the board's state.

/** @typedef {import("./reducer.js").Row} Row */
/** @typedef {import("./reducer.js").Board} Board */

const MEDALS = ["", "gold", "silver", "bronze"];
const CARD = 7000;
const PODIUM = 30_000;
const PIECES = 60;

export class Stage {
  /** @param {HTMLElement} root @param {Record<string, string>} words @param {boolean} isCalm */
  constructor(root, words, isCalm) {
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
    if (board.state === "revealing" && board.call) return this.call(board.call.rank);
    const fresh = before && before.state === "revealing" && board.state === "revealing" ? board.rows.filter((row) => !before.rows.some((old) => old.id === row.id)) : [];
    const medal = fresh.find((row) => row.rank !== null && row.rank <= 3);
    if (medal) return this.card(medal);
    if (before && before.state === "revealing" && board.state === "final") return this.podium(board);
    if (before?.call || board.state === "live" || board.state === "frozen" || (before && board.rows.length < before.rows.length)) this.close();
  }

  /** A place is called, its name is still to come. @param {number} rank */
  call(rank) {
    this.open(MEDALS[rank] ?? "", "call");
    this.part("place").textContent = this.place(rank);
    for (const name of ["name", "unit", "total"]) this.part(name).textContent = "";
    this.part("name").textContent = "· · ·";
  }

  /** @param {Row} row */
  card(row) {
    this.open(MEDALS[row.rank ?? 0] ?? "", "card");
    this.part("place").textContent = this.place(row.rank ?? 0);
    this.part("name").textContent = row.name;
    this.part("unit").textContent = row.unit;
    this.part("total").textContent = row.total;
    if (row.rank === 1) this.confetti();
    this.timer = setTimeout(() => this.close(), CARD);
  }

  /** @param {Board} board */
  podium(board) {
    const best = board.rows.filter((row) => row.rank === 1);
    if (!best.length) return;
    this.open("gold", "podium");
    this.part("place").textContent = this.words.winner;
    this.part("name").textContent = best.map((row) => row.name).join(" · ");
    this.part("unit").textContent = best[0].unit;
    this.part("total").textContent = best[0].total;
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
