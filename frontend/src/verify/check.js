// What was computed here beside what was published: every difference, and how much could be compared.
import { fixed, read } from "./fraction.js";
import { result, standardised } from "./scoring.js";

/** @typedef {{what: "total" | "rank" | "standardised" | "group", group: string, here: string, published: string}} Difference */

/** Compare one computed row. @param {any} data @param {any} row @param {any} published @returns {Difference[]} */
function differences(data, row, published) {
  const { places } = data.rules.contest;
  /** @type {Difference[]} */
  const found = [];
  const note = (/** @type {Difference["what"]} */ what, /** @type {unknown} */ here, /** @type {unknown} */ there, group = "") => {
    if ((here ?? null) !== (there ?? null)) found.push({ what, group, here: String(here ?? "—"), published: String(there ?? "—") });
  };
  note("total", row.text, published.total);
  for (const one of row.groups) {
    const there = published.groups?.[one.group.code];
    if (there !== undefined) note("group", fixed(one.total, places), there, one.group.title);
  }
  if (row.hasRank) note("rank", row.rank, published.rank);
  if (row.hasScale) note("standardised", row.standardised, published.standardised);
  return found;
}

/** A lone entry's rank by everybody's totals: known when the total decides first and nobody has the same. @param {any} data @param {any} row */
function byTotals(data, row) {
  const { order, ascending } = data.rules.ranking;
  const others = data.totals.filter((/** @type {string[]} */ one) => one[0] !== row.entry[0]).map((/** @type {string[]} */ one) => one[1]);
  const mine = read(row.text);
  const isAhead = (/** @type {string} */ text) => read(text).n * mine.d > mine.n * read(text).d;
  const isKnown = order[0] === "total" && !ascending.includes("total") && !others.includes(row.text);
  return isKnown ? 1 + others.filter(isAhead).length : null;
}

/** Compute everything again and compare it. @param {any} data */
export function check(data) {
  const isWhole = data.scope !== "own";
  const published = new Map(data.rows.map((/** @type {any} */ row) => [row.entry, row]));
  const isScaled = data.rules.contest.scale === "standardised";
  return result(data).map((found) => {
    /** @type {any} */
    const row = { ...found, hasRank: isWhole, hasScale: isWhole && isScaled };
    const there = published.get(row.entry[0]);
    if (!isWhole && row.rank !== null) {
      row.rank = byTotals(data, row);
      row.hasRank = row.rank !== null;
      row.hasScale = isScaled && data.totals.some((/** @type {string[]} */ one) => one[0] === row.entry[0]);
      const totals = data.totals.map((/** @type {string[]} */ one) => read(one[0] === row.entry[0] ? row.text : one[1]));
      const place = data.totals.findIndex((/** @type {string[]} */ one) => one[0] === row.entry[0]);
      row.standardised = row.hasScale ? standardised(totals, data.rules.contest.rounding)[place] : null;
    }
    return { row, published: there ?? null, differences: there ? differences(data, row, there) : [] };
  });
}
