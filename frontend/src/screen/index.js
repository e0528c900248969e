// The wall: rows glide to their places, pages turn by themselves, the top three stay.
import { follow } from "./feed.js";
import { chart } from "./chart.js";
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
const PINNED = isWall ? 3 : 0;
const TURN_EVERY = 9000;

let board = first;
let page = 0;
/** @type {Map<string, HTMLElement>} */
const shown = new Map();
/** @type {Map<string, number | null>} */
let ranks = new Map(first.rows.map((row) => [row.id, row.rank]));

/** The height of a row as the style sheet computes it: a custom property read back is only its text. */
function rowHeight() {
  const probe = document.createElement("li");
  probe.className = "board-probe";
  list.append(probe);
  const height = probe.getBoundingClientRect().height;
  probe.remove();
  return height || 64;
}
const perPage = () => (isWall ? Math.max(4, Math.floor(list.clientHeight / rowHeight())) : Infinity);

/** Which rows stand where now. @returns {Map<string, number>} */
function places() {
  const rows = board.rows;
  const room = perPage();
  const top = rows.slice(0, PINNED);
  const rest = rows.slice(PINNED);
  const size = Math.max(1, room - top.length);
  const pages = Math.max(1, Math.ceil(rest.length / size));
  page %= pages;
  if (pageMark) pageMark.textContent = pages > 1 ? `${page + 1} / ${pages}` : "";
  const visible = rest.length === rows.length && room === Infinity ? rest : [...top, ...rest.slice(page * size, page * size + size)];
  return new Map(visible.map((row, index) => [row.id, index]));
}

/** @param {Row} row @returns {HTMLElement} */
function make(row) {
  const line = document.createElement("li");
  line.className = "board-row entering";
  line.innerHTML = '<span class="board-rank"></span><span class="board-move"></span><span class="board-name"></span><span class="board-unit"></span><span class="board-cells"></span><span class="board-total"></span>';
  line.dataset.id = row.id;
  list.append(line);
  return line;
}

/** @param {HTMLElement} line @param {string} name */
const part = (line, name) => /** @type {HTMLElement} */ (line.querySelector(`.board-${name}`));

/** Count a number up to its new value. @param {HTMLElement} cell @param {string} text */
function roll(cell, text) {
  const from = Number(cell.dataset.value ?? text);
  const to = Number(text);
  cell.dataset.value = text;
  if (calm.matches || !Number.isFinite(from) || !Number.isFinite(to) || from === to) {
    cell.textContent = text;
    return;
  }
  const decimals = (text.split(".")[1] ?? "").length;
  const begun = performance.now();
  const step = (/** @type {number} */ now) => {
    if (cell.dataset.value !== text) return;
    const share = Math.min(1, (now - begun) / 600);
    const eased = 1 - (1 - share) ** 3;
    cell.textContent = share === 1 ? text : (from + (to - from) * eased).toFixed(decimals);
    if (share < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

/** @param {HTMLElement} line @param {Row} row @param {number} index */
function fill(line, row, index) {
  part(line, "rank").textContent = row.rank === null ? "–" : String(row.rank);
  part(line, "name").textContent = row.name;
  part(line, "unit").textContent = row.unit;
  const cells = part(line, "cells");
  cells.textContent = "";
  for (const column of board.columns) {
    const cell = document.createElement("span");
    cell.textContent = `${column.title} ${row.cells[column.code] ?? "–"}`;
    cells.append(cell);
  }
  roll(part(line, "total"), row.total);
  line.classList.toggle("gold", row.rank === 1);
  line.classList.toggle("silver", row.rank === 2);
  line.classList.toggle("bronze", row.rank === 3);
  line.classList.toggle("mine", row.id === root.dataset.mine);
  line.style.setProperty("--place", String(index));
  const old = ranks.get(row.id);
  const move = part(line, "move");
  if (old !== undefined && old !== null && row.rank !== null && old !== row.rank) {
    move.textContent = old > row.rank ? `▲${old - row.rank}` : `▼${row.rank - old}`;
    move.className = `board-move ${old > row.rank ? "up" : "down"}`;
    clearTimeout(Number(move.dataset.timer));
    move.dataset.timer = String(setTimeout(() => (move.textContent = ""), 6000));
  }
}

const stage = new Stage(root, words, calm.matches);

function draw() {
  const where = places();
  for (const [id, line] of shown) {
    if (!where.has(id)) {
      line.classList.add("leaving");
      shown.delete(id);
      setTimeout(() => line.remove(), calm.matches ? 0 : 450);
    }
  }
  for (const row of board.rows) {
    const index = where.get(row.id);
    if (index === undefined) continue;
    let line = shown.get(row.id);
    if (!line) {
      line = make(row);
      shown.set(row.id, line);
      const fresh = line;
      requestAnimationFrame(() => requestAnimationFrame(() => fresh.classList.remove("entering")));
    }
    fill(line, row, index);
  }
  ranks = new Map(board.rows.map((row) => [row.id, row.rank]));
  list.style.setProperty("--count", String(where.size));
  empty.hidden = board.rows.length > 0;
  empty.textContent = board.state === "revealing" ? words.reveal : words.empty;
  const title = root.querySelector("[data-title]");
  if (title) title.textContent = board.title;
  state.textContent = words[board.state] ?? "";
  state.dataset.value = board.state;
  root.dataset.boardState = board.state;
  stage.take(board);
  if (chartBox) chart(chartBox, board.rows, words);
}

/** @param {"live" | "silent" | "polling" | "refused"} told */
function tell(told) {
  const at = new Date(board.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const texts = { live: `● ${words.now}`, silent: words.silent.replace("{at}", at), polling: words.polling, refused: words.refused };
  if (status.textContent !== texts[told]) status.textContent = texts[told];
  status.dataset.value = told;
}

follow(String(root.dataset.board), first, (next) => {
  board = next;
  draw();
}, tell);

if (isWall) {
  setInterval(() => {
    page += 1;
    draw();
  }, TURN_EVERY);
  const clock = /** @type {HTMLElement} */ (root.querySelector("[data-clock]"));
  const tick = () => (clock.textContent = new Date().toLocaleTimeString("zh-CN", { hour12: false }));
  tick();
  setInterval(tick, 1000);
}
addEventListener("resize", draw);
draw();
