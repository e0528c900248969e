// Mean total by unit as bars that grow and change places; hidden while there is nothing to compare.
import { put } from "./roll.js";

const MOST = 8;

/** The best means, best first. @param {import("./reducer.js").Row[]} rows */
function means(rows) {
  /** @type {Map<string, {unit: string, sum: number, count: number}>} */
  const units = new Map();
  for (const row of rows) {
    if (!row.unit || row.rank === null) continue;
    const entry = units.get(row.unit);
    if (entry) {
      entry.sum += Number(row.total);
      entry.count += 1;
    } else units.set(row.unit, { unit: row.unit, sum: Number(row.total), count: 1 });
  }
  const found = [...units.values()].map(({ unit, sum, count }) => ({ unit, mean: sum / count }));
  return found.sort((a, b) => b.mean - a.mean || (a.unit < b.unit ? -1 : 1)).slice(0, MOST);
}

/** @param {HTMLElement} box @param {string} unit */
function made(box, unit) {
  const line = document.createElement("div");
  line.className = "chart-line";
  line.dataset.unit = unit;
  line.innerHTML = '<span class="chart-unit"></span><span class="chart-bar"><i></i></span><b></b>';
  put(/** @type {HTMLElement} */ (line.querySelector(".chart-unit")), unit);
  box.append(line);
  return line;
}

/** Move an element, when it is not there already. @param {HTMLElement} element @param {string} transform */
export function move(element, transform) {
  if (element.dataset.at === transform) return;
  element.dataset.at = transform;
  element.style.transform = transform;
}

/**
 * @param {HTMLElement} box
 * @param {import("./reducer.js").Row[]} rows
 * @param {Record<string, string>} words
 */
export function chart(box, rows, words) {
  const top = means(rows);
  const holder = /** @type {HTMLElement} */ (box.closest("[data-chart-box]") ?? box);
  holder.hidden = top.length < 2;
  if (top.length < 2) return;
  const most = Math.max(...top.map((entry) => entry.mean), 1);
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map([...box.children].map((line) => [/** @type {HTMLElement} */ (line).dataset.unit ?? "", /** @type {HTMLElement} */ (line)]));
  top.forEach((entry, index) => {
    const line = lines.get(entry.unit) ?? made(box, entry.unit);
    lines.delete(entry.unit);
    put(/** @type {HTMLElement} */ (line.querySelector("b")), entry.mean.toFixed(2));
    // Less than a hundredth of the bar is not seen: it would only be drawn.
    move(/** @type {HTMLElement} */ (line.querySelector("i")), `scaleX(${Math.max(0, entry.mean / most).toFixed(2)})`);
    move(line, `translateY(calc(${index} * var(--step)))`);
  });
  for (const line of lines.values()) line.remove();
  if (box.getAttribute("aria-label") !== words.chart) box.setAttribute("aria-label", words.chart);
}
