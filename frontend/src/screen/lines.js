// Which rows are in the page, and where: a wall shows pages, a phone what its window shows and a little more; never all of a thousand.

/** @typedef {import("./reducer.js").Row} Row */
/** @typedef {{row: Row, index: number}} Place */

const SPARE = 6;
const SLOTS = 3;

/** The height of a row as the style sheet computes it: a custom property read back is only its text. @param {HTMLElement} list */
export function rowHeight(list) {
  const probe = document.createElement("li");
  probe.className = "board-probe";
  list.append(probe);
  const height = probe.getBoundingClientRect().height;
  probe.remove();
  return height || 64;
}

/**
 * The page of a wall: the first rows stay, the others turn.
 * @param {Row[]} rows @param {number} room @param {number} page @param {number} pinned
 * @returns {{places: Place[], page: number, pages: number}}
 */
export function paged(rows, room, page, pinned) {
  const top = rows.slice(0, pinned);
  const size = Math.max(1, room - top.length);
  const pages = Math.max(1, Math.ceil((rows.length - top.length) / size));
  const now = page % pages;
  const from = top.length + now * size;
  return { places: [...top, ...rows.slice(from, from + size)].map((row, index) => ({ row, index })), page: now, pages };
}

/**
 * The rows a window shows of a long list, and a few on both sides.
 * @param {Row[]} rows @param {number} top where the window begins, from the list's beginning @param {number} height @param {number} line
 * @returns {Place[]}
 */
export function windowed(rows, top, height, line) {
  const from = Math.max(0, Math.floor(top / line) - SPARE);
  const until = Math.min(rows.length, Math.ceil((top + height) / line) + SPARE);
  return rows.slice(from, until).map((row, offset) => ({ row, index: from + offset }));
}

/**
 * A wall during a reveal: places still to come stand empty above the row that came out last; of many only the next few.
 * @param {Row[]} rows @param {number} left how many are still to come @param {number} room
 * @returns {{places: Place[], slots: number}}
 */
export function staged(rows, left, room) {
  const slots = left + rows.length <= room ? left : Math.min(left, SLOTS);
  return { places: rows.slice(0, room - slots).map((row, index) => ({ row, index: slots + index })), slots };
}

const LATIN = 0.55;

/** How wide a text is in the width of one Chinese character. @param {string} text */
export function ems(text) {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 1 : LATIN), 0);
}
