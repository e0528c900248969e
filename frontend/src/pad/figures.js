// Which of a judge's own marks look unusual, so that a slip of the finger is seen before it is signed.

/** @param {number[]} numbers */
const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Marks further from the judge's own median than three times the usual distance, and at least four steps (Iglewicz and
 * Hoaglin's rule with a floor). Needs five marks of an aspect.
 * @param {import("./store.js").Store} store @returns {{entry: string, aspect: string, value: string, usual: string}[]}
 */
export function unusual(store) {
  const found = [];
  for (const aspect of store.pad.aspects) {
    const given = store.pad.entries
      .filter((/** @type {any} */ entry) => !entry.status)
      .map((/** @type {any} */ entry) => ({ entry: entry.code, shown: store.cell(entry.code, aspect.code).shown }))
      .filter((/** @type {any} */ row) => row.shown !== null && Number.isFinite(Number(row.shown)));
    if (given.length < 5) continue;
    const usual = median(given.map((/** @type {any} */ row) => Number(row.shown)));
    const distance = median(given.map((/** @type {any} */ row) => Math.abs(Number(row.shown) - usual)));
    const most = Math.max(3 * 1.4826 * distance, 4 * Number(aspect.step));
    for (const row of given) {
      if (Math.abs(Number(row.shown) - usual) > most) found.push({ entry: row.entry, aspect: aspect.code, value: row.shown, usual: String(usual) });
    }
  }
  return found;
}
