// Mean total by unit as bars that grow and change places; hidden while there is nothing to compare.

/**
 * @param {HTMLElement} box
 * @param {import("./reducer.js").Row[]} rows
 * @param {Record<string, string>} words
 */
export function chart(box, rows, words) {
  /** @type {Map<string, number[]>} */
  const units = new Map();
  for (const row of rows) {
    if (!row.unit || row.rank === null) continue;
    units.set(row.unit, [...(units.get(row.unit) ?? []), Number(row.total)]);
  }
  const means = [...units].map(([unit, totals]) => ({ unit, mean: totals.reduce((a, b) => a + b, 0) / totals.length }));
  means.sort((a, b) => b.mean - a.mean || (a.unit < b.unit ? -1 : 1));
  const top = means.slice(0, 8);
  const holder = /** @type {HTMLElement} */ (box.closest("[data-chart-box]") ?? box);
  holder.hidden = top.length < 2;
  if (top.length < 2) return;
  const most = Math.max(...top.map((entry) => entry.mean), 1);
  for (const line of [...box.children]) {
    if (!top.some((entry) => entry.unit === /** @type {HTMLElement} */ (line).dataset.unit)) line.remove();
  }
  top.forEach((entry, index) => {
    let line = /** @type {HTMLElement | null} */ (box.querySelector(`[data-unit="${CSS.escape(entry.unit)}"]`));
    if (!line) {
      line = document.createElement("div");
      line.className = "chart-line";
      line.dataset.unit = entry.unit;
      line.innerHTML = '<span class="chart-unit"></span><span class="chart-bar"><i></i></span><b></b>';
      box.append(line);
    }
    /** @type {HTMLElement} */ (line.querySelector(".chart-unit")).textContent = entry.unit;
    /** @type {HTMLElement} */ (line.querySelector("b")).textContent = entry.mean.toFixed(2);
    /** @type {HTMLElement} */ (line.querySelector("i")).style.setProperty("--share", String(entry.mean / most));
    line.style.setProperty("--place", String(index));
  });
  box.style.setProperty("--lines", String(top.length));
  box.setAttribute("aria-label", words.chart);
}
