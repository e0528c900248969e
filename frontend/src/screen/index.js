// The wall: rows glide to their places, pages turn by themselves, the top three stay.
import { follow } from "./feed.js";
import { chart, move } from "./chart.js";
import { ems, paged, rowHeight, staged, windowed } from "./lines.js";
import { put, roll } from "./roll.js";
import { Stage } from "./stage.js";

/** @typedef {import("./reducer.js").Row} Row */
/** @typedef {import("./reducer.js").Board} Board */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-board]"));
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const first = /** @type {Board} */ (JSON.parse(document.getElementById("snapshot")?.textContent ?? "{}"));
const isWall = root.dataset.layout === "wall";
const list = /** @type {HTMLElement} */ (root.querySelector("[data-rows]"));
const status = /** @type {HTMLElement} */ (root.querySelector("[data-status]"));
const empty = /** @type {HTMLElement} */ (root.querySelector("[data-empty]"));
const state = /** @type {HTMLElement} */ (root.querySelector("[data-state]"));
const pageMark = /** @type {HTMLElement | null} */ (root.querySelector("[data-page]"));
const chartBox = /** @type {HTMLElement | null} */ (root.querySelector("[data-chart]"));
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const own = /** @type {HTMLElement | null} */ (root.querySelector("[data-own]"));
const mine = root.dataset.mine ?? "";
const PINNED = isWall ? 3 : 0;
const TURN_EVERY = 9000;
const BACK_TO_PAIRING = 3000;
const CHART_EVERY = 1000;
const OWN_EVERY = 5000;
const MOVES_STAY = 6000;
const LONG_NAME = 6; // Chinese characters: more are written smaller, on two lines
const MOST_COLUMNS = 4; // more cannot be read from the back of a hall
const FEW_ROWS = 5; // they are written larger
const PARTS = ["rank", "move", "name", "unit", "cells", "total"];

let board = first;
let page = 0;
let height = 0;
let room = 0;
let isDrawing = false;
let chartTimer = 0;
let ownTimer = 0;
/** @type {Row | null} */
let ownLine = JSON.parse(root.dataset.ownLine || "{}").row ?? null;
/** @type {Board | null} */
let charted = null;
/** @type {Map<string, HTMLElement>} */
const shown = new Map();
/** @type {Map<string, number | null>} */
let ranks = new Map(first.rows.map((row) => [row.id, row.rank]));

/** @type {HTMLElement[]} */
const slots = [];

/** Places still to come in a reveal. @param {number} count */
function keepSlots(count) {
  while (slots.length > count) slots.pop()?.remove();
  while (slots.length < count) {
    const slot = document.createElement("li");
    slot.className = "board-slot";
    slot.setAttribute("aria-hidden", "true");
    slot.textContent = "?";
    slots.push(slot);
    list.prepend(slot);
  }
  slots.forEach((slot, index) => {
    move(slot, `translate3d(0, ${index * height}px, 0)`);
    slot.classList.toggle("next", index === count - 1);
  });
}

/** Which rows stand where now, the list's top in the window. Everything that is measured is measured here, before anything is written. */
function places() {
  height ||= Math.max(1, Math.round(rowHeight(list)));
  if (!isWall) {
    const top = list.getBoundingClientRect().top;
    return { where: windowed(board.rows, -top, innerHeight, height), top };
  }
  room ||= Math.max(4, Math.floor(list.clientHeight / height));
  const isShow = board.state === "revealing" && !!board.left;
  const show = staged(board.rows, isShow ? Number(board.left) : 0, room);
  keepSlots(isShow ? show.slots : 0);
  if (isShow) {
    if (pageMark) put(pageMark, "");
    return { where: show.places, top: 0 };
  }
  const turned = paged(board.rows, room, page, PINNED);
  page = turned.page;
  if (pageMark) put(pageMark, turned.pages > 1 ? `${page + 1} / ${turned.pages}` : "");
  return { where: turned.places, top: 0 };
}

/** @typedef {Record<string, HTMLElement>} Parts */
/** @type {WeakMap<HTMLElement, Parts>} */
const partsOf = new WeakMap();

/** @param {Row} row @param {HTMLElement} box @param {"li" | "div"} tag @returns {HTMLElement} */
function make(row, box, tag) {
  const line = document.createElement(tag);
  line.className = "board-row entering";
  line.dataset.id = row.id;
  /** @type {Parts} */
  const parts = {};
  for (const name of PARTS) {
    parts[name] = line.appendChild(document.createElement("span"));
    parts[name].className = `board-${name}`;
  }
  partsOf.set(line, parts);
  box.append(line);
  return line;
}

/** The columns a hall can read: a few or none. */
function readable() {
  return isWall && board.columns.length <= MOST_COLUMNS ? board.columns : [];
}

/** A title above its value. @param {HTMLElement} box */
function makeCell(box) {
  const cell = box.appendChild(document.createElement("span"));
  cell.append(document.createElement("small"), document.createElement("span"));
  return cell;
}

/** @param {HTMLElement} box @param {Row} row */
function writeCells(box, row) {
  const columns = readable();
  while (box.childElementCount > columns.length) box.lastElementChild?.remove();
  columns.forEach((column, index) => {
    const cell = box.children[index] ?? makeCell(box);
    put(/** @type {HTMLElement} */ (cell.firstElementChild), column.title);
    put(/** @type {HTMLElement} */ (cell.lastElementChild), row.cells[column.code] ?? "–");
  });
}

/** @param {HTMLElement} line @param {Row} row */
function write(line, row) {
  const parts = /** @type {Parts} */ (partsOf.get(line));
  put(parts.rank, row.rank === null ? "–" : String(row.rank));
  put(parts.name, row.name);
  put(parts.unit, row.unit);
  writeCells(parts.cells, row);
  roll(parts.total, row.total, calm.matches);
  line.classList.toggle("gold", row.rank === 1);
  line.classList.toggle("silver", row.rank === 2);
  line.classList.toggle("bronze", row.rank === 3);
  line.classList.toggle("mine", row.id === mine);
  line.classList.toggle("long", ems(row.name) > LONG_NAME);
}

const FREEZE = `jinbang-freeze:${root.dataset.board}`;

/** The ranks this screen showed while the board was frozen: what a reveal is compared with. @returns {Map<string, number | null>} */
function atFreeze() {
  return new Map(JSON.parse(sessionStorage.getItem(FREEZE) ?? "[]"));
}

/** How many places a row has gone up or down, for a moment. @param {HTMLElement} line @param {Row} row */
function showMove(line, row) {
  const old = (board.state === "revealing" ? atFreeze() : ranks).get(row.id);
  if (old === undefined || old === null || row.rank === null || old === row.rank) return;
  const { move: mark } = /** @type {Parts} */ (partsOf.get(line));
  put(mark, old > row.rank ? `▲${old - row.rank}` : `▼${row.rank - old}`);
  mark.className = `board-move ${old > row.rank ? "up" : "down"}`;
  clearTimeout(Number(mark.dataset.timer));
  if (board.state === "revealing") return;
  mark.dataset.timer = String(setTimeout(() => put(mark, ""), MOVES_STAY));
}

/** @type {WeakMap<HTMLElement, Row>} */
const written = new WeakMap();

/** @param {HTMLElement} line @param {string} name @param {string} value */
function mark(line, name, value) {
  if (line.getAttribute(name) !== value) line.setAttribute(name, value);
}

/** @param {HTMLElement} line @param {Row} row @param {number} index */
function fill(line, row, index) {
  // Whole pixels: letters stay sharp, and a layer at rest needs no filter.
  move(line, `translate3d(0, ${index * height}px, 0)`);
  mark(line, "aria-posinset", String(index + 1));
  mark(line, "aria-setsize", String(board.rows.length));
  // A row a delta did not bring is the same object as before: nothing to write.
  if (written.get(line) === row) return;
  written.set(line, row);
  write(line, row);
  showMove(line, row);
}

const stage = new Stage(root, words, calm.matches, (row) => atFreeze().get(row.id) ?? null);

/** One's own place stays in sight while its row is not. @param {import("./lines.js").Place[]} where @param {number} top of the list */
function pin(where, top) {
  if (!own || !(mine || ownLine)) return;
  const index = board.rows.findIndex((row) => row.id === mine);
  const row = index < 0 ? ownLine : board.rows[index];
  const from = top + index * height;
  const isInSight = where.some((place) => place.row.id === mine) && from >= 0 && from + 2 * height <= innerHeight;
  own.hidden = !row || (index >= 0 && isInSight);
  if (own.hidden || !row) return;
  const copy = /** @type {HTMLElement} */ (own.firstElementChild) ?? own.appendChild(make(row, own, "div"));
  copy.classList.remove("entering");
  write(copy, row);
}

/** One's own line of a board that shows only the first ones is asked for again when the board has moved, now and then. */
function askOwn() {
  const at = root.dataset.ownAt;
  if (!at || ownTimer) return;
  ownTimer = setTimeout(async () => {
    ownTimer = 0;
    try {
      const answer = await fetch(at);
      if (answer.ok) ownLine = (await answer.json()).row;
    } catch {
      // The line of before stays: the status says when nothing is heard any more.
    }
    place(true);
  }, OWN_EVERY * (0.5 + Math.random() / 2));
}


/** Draw once before the next picture, however much has happened. */
function soon() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    draw();
  });
}

/** Put the rows in sight where they belong. @param {boolean} [isScroll] rows come and go without a show */
function place(isScroll = false) {
  const { where, top } = places();
  if (!isWall && list.style.height !== `${board.rows.length * height}px`) list.style.height = `${board.rows.length * height}px`;
  const kept = new Set(where.map(({ row }) => row.id));
  for (const [id, line] of shown) {
    if (kept.has(id)) continue;
    shown.delete(id);
    line.classList.add("leaving");
    setTimeout(() => line.remove(), calm.matches || isScroll || !isWall ? 0 : 450);
  }
  for (const { row, index } of where) {
    let line = shown.get(row.id);
    if (!line) {
      line = make(row, list, "li");
      shown.set(row.id, line);
      const fresh = line;
      if (isScroll || !isWall) fresh.classList.remove("entering");
      else requestAnimationFrame(() => requestAnimationFrame(() => fresh.classList.remove("entering")));
    }
    fill(line, row, index);
  }
  pin(where, top);
}

/** The chart follows within a second, however often marks come. */
function chartSoon() {
  if (!chartBox || chartTimer) return;
  chart(chartBox, board.rows, words);
  chartTimer = setTimeout(() => {
    chartTimer = 0;
    if (charted !== board) chartSoon();
  }, CHART_EVERY);
  charted = board;
}

/** Few rows are written larger, and names take the room columns leave: heights are measured anew then. */
function arrange() {
  if (!isWall) return;
  const size = board.rows.length + Number(board.left ?? 0) <= FEW_ROWS ? "few" : "many";
  const columns = String(readable().length);
  if (size !== root.dataset.size) height = room = 0;
  mark(root, "data-size", size);
  mark(root, "data-columns", columns);
}

function draw() {
  arrange();
  place();
  ranks = new Map(board.rows.map((row) => [row.id, row.rank]));
  if (board.state === "frozen") sessionStorage.setItem(FREEZE, JSON.stringify([...ranks]));
  else if (board.state === "live") sessionStorage.removeItem(FREEZE);
  for (const [id, line] of shown) line.classList.toggle("fresh", isWall && board.state === "revealing" && id === board.rows[0]?.id);
  empty.hidden = board.rows.length > 0;
  put(empty, board.state === "revealing" ? words.reveal : words.empty);
  const title = root.querySelector("[data-title]");
  if (title) put(title, board.title);
  put(state, words[board.state] ?? "");
  mark(state, "data-value", board.state);
  mark(root, "data-board-state", board.state);
  mark(root, "data-seq", String(board.seq));
  chartSoon();
}

/** @param {"live" | "silent" | "polling" | "refused"} told */
function tell(told) {
  const clock = () => new Date(board.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const text = told === "live" ? `● ${words.now}` : told === "silent" ? words.silent.replace("{at}", clock()) : words[told];
  put(status, text);
  mark(status, "data-value", told);
}

follow(String(root.dataset.board), first, (next) => {
  board = next;
  stage.take(board);
  soon();
  askOwn();
}, (told) => {
  tell(told);
  // A screen that was unpaired asks for a new board by itself.
  if (told === "refused" && "reports" in root.dataset) setTimeout(() => location.assign("/boards/screen/"), BACK_TO_PAIRING);
}, { reports: "reports" in root.dataset });

if (isWall) {
  setInterval(() => {
    page += 1;
    soon();
  }, TURN_EVERY);
  const clock = /** @type {HTMLElement} */ (root.querySelector("[data-clock]"));
  const time = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  const tick = () => put(clock, time.format(new Date()));
  tick();
  setInterval(tick, 1000);
} else {
  let isScrolling = false;
  addEventListener("scroll", () => {
    if (isScrolling) return;
    isScrolling = true;
    requestAnimationFrame(() => {
      isScrolling = false;
      place(true);
    });
  }, { passive: true });
}
addEventListener("resize", () => {
  height = room = 0;
  soon();
});
for (const button of root.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => {
    const text = /** @type {HTMLTextAreaElement} */ (root.querySelector("[data-copy-text]"));
    text.select();
    // Plain http on a closed network has no clipboard: there the selection is what can be copied.
    navigator.clipboard?.writeText(text.value).then(() => (button.textContent = /** @type {HTMLElement} */ (button).dataset.copy ?? ""), () => {});
  });
}
stage.take(board);
draw();
