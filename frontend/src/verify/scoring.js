// From marks to totals and ranks, again and independently of the server: contest bundle, as contests/pure/scoring.py.
import { ZERO, compare, fixed, fraction, mean, minus, over, plus, read, root, rounded, sum, times } from "./fraction.js";

/** @typedef {import("./fraction.js").Fraction} Fraction */
/** @typedef {{judge: string, text: string, value: Fraction, use: string}} Given */
/** `exact` and `product` are combined and score before their roundings. @typedef {{aspect: any, state: string, marks: Given[], exact: Fraction | null, combined: Fraction | null, factor: string, product: Fraction | null, score: Fraction | null}} AspectScore */
/** @typedef {{entry: any[], aspects: AspectScore[], groups: {group: any, points: Fraction, total: Fraction, missing: number}[], penalty: Fraction, total: Fraction, isMarked: boolean}} EntryScore */

/** By code points, as the server sorts. @param {string} a @param {string} b */
function byCode(a, b) {
  const [one, other] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < one.length && i < other.length; i += 1) {
    const difference = /** @type {number} */ (one[i].codePointAt(0)) - /** @type {number} */ (other[i].codePointAt(0));
    if (difference) return difference;
  }
  return one.length - other.length;
}

/** @param {any} rules @param {string} place @param {any} aspect @param {Fraction} value */
const maybe = (rules, place, aspect, value) => (aspect.round.includes(place) ? rounded(value, rules.contest.places, rules.contest.rounding) : value);

/** @param {any} aspect @param {Given[]} given @returns {Fraction} */
function combine(aspect, given) {
  for (const mark of given) mark.use = "counted";
  if (aspect.kind === "measurement") return given[0].value;
  const values = given.map((mark) => mark.value);
  if (aspect.combine === "sum") return sum(values);
  if (aspect.combine === "mean") return mean(values);
  const ranked = [...given].sort((a, b) => compare(a.value, b.value) || byCode(a.judge, b.judge));
  if (aspect.combine === "median") return mean(ranked.slice((ranked.length - 1) >> 1, (ranked.length >> 1) + 1).map((mark) => mark.value));
  if (!aspect.trim || ranked.length < aspect.trim_from || ranked.length <= 2 * aspect.trim) return mean(values);
  for (const mark of [...ranked.slice(0, aspect.trim), ...ranked.slice(-aspect.trim)]) mark.use = "trimmed";
  return mean(ranked.slice(aspect.trim, -aspect.trim).map((mark) => mark.value));
}

/** @param {any} aspect @param {Given[]} given @param {Set<string>} chiefs @returns {{state: string, combined: Fraction | null}} */
function worldskills(aspect, given, chiefs) {
  for (const mark of given) mark.use = "idle";
  const settling = given.length === 4 ? given.find((mark) => chiefs.has(mark.judge)) : undefined;
  const three = given.filter((mark) => mark !== settling);
  if (three.length !== 3) return { state: "open", combined: null };
  const values = three.map((mark) => mark.value).sort(compare);
  let level;
  if (compare(minus(values[2], values[0]), fraction(1n)) <= 0) {
    for (const mark of three) mark.use = "counted";
    level = mean(values);
  } else if (settling) {
    settling.use = "settling";
    level = settling.value;
  } else return { state: "contested", combined: null };
  return { state: "scored", combined: times(over(level, fraction(3n)), read(aspect.max)) };
}

/** @param {any} rules @param {any} aspect @param {Given[]} marks @param {string} factor @param {Set<string>} chiefs @returns {AspectScore} */
function scoreAspect(rules, aspect, marks, factor, chiefs) {
  const given = marks.filter((mark) => mark.value.n !== 0n || !aspect.zero_is_missing);
  for (const mark of marks) mark.use = "missing";
  let state = "open";
  /** @type {Fraction | null} */
  let combined = null;
  if (aspect.combine === "worldskills") ({ state, combined } = worldskills(aspect, given, chiefs));
  else if (aspect.kind === "measurement" && given.some((mark) => compare(mark.value, given[0].value))) {
    state = "contested";
    for (const mark of given) mark.use = "idle";
  } else if (given.length) (state = "scored"), (combined = combine(aspect, given));
  if (combined === null) return { aspect, state, marks, exact: null, combined, factor, product: null, score: null };
  const exact = combined;
  combined = maybe(rules, "combined", aspect, exact);
  const product = times(read(factor), combined);
  return { aspect, state, marks, exact, combined, factor, product, score: maybe(rules, "factor", aspect, product) };
}

/** Score every entry. @param {any} data @returns {EntryScore[]} */
export function score(data) {
  const { rules } = data;
  const chiefs = new Set(data.panel.filter((/** @type {string[]} */ row) => row[1] === "chief").map((/** @type {string[]} */ row) => row[0]));
  const factors = new Map(data.factors.map((/** @type {string[]} */ row) => [`${row[0]}\n${row[1]}`, row[2]]));
  const order = new Map(data.panel.map((/** @type {string[]} */ row, /** @type {number} */ place) => [row[0], place]));
  /** @type {Map<string, Given[]>} */
  const marks = new Map();
  const place = (/** @type {string[]} */ row) => order.get(row[2]) ?? order.size;
  for (const [entry, aspect, judge, text] of [...data.marks].sort((a, b) => place(a) - place(b) || byCode(a[2], b[2]))) {
    const key = `${entry}\n${aspect}`;
    marks.set(key, [...(marks.get(key) ?? []), { judge, text, value: read(text), use: "" }]);
  }
  return data.entries.map((/** @type {any[]} */ entry) => {
    const aspects = rules.aspect.map((/** @type {any} */ aspect) => {
      const key = `${entry[0]}\n${aspect.code}`;
      return scoreAspect(rules, aspect, marks.get(key) ?? [], factors.get(key) ?? aspect.factor, chiefs);
    });
    const groups = rules.group.map((/** @type {any} */ group) => {
      const own = aspects.filter((/** @type {AspectScore} */ row) => row.aspect.group === group.code);
      const points = sum(own.map((/** @type {AspectScore} */ row) => row.score ?? ZERO));
      return { group, points, total: rounded(times(read(group.weight), points), rules.contest.places, rules.contest.rounding), missing: own.filter((/** @type {AspectScore} */ row) => row.score === null).length };
    });
    const penalty = sum(data.penalties.filter((/** @type {string[]} */ row) => row[0] === entry[0]).map((/** @type {string[]} */ row) => read(row[1])));
    const left = minus(sum(groups.map((/** @type {any} */ row) => row.total)), penalty);
    const total = rounded(left.n < 0n ? ZERO : left, rules.contest.places, rules.contest.rounding);
    const isMarked = aspects.some((/** @type {AspectScore} */ row) => row.marks.some((mark) => mark.use !== "missing"));
    return { entry, aspects, groups, penalty, total, isMarked };
  });
}

/** @param {EntryScore} row @param {string} criterion @returns {{value: Fraction, missing: number}} */
function criterionOf(row, criterion) {
  if (criterion === "total") return { value: row.total, missing: row.groups.reduce((all, group) => all + group.missing, 0) };
  const [kind, code] = [criterion.slice(0, criterion.indexOf(":")), criterion.slice(criterion.indexOf(":") + 1)];
  if (kind === "group") {
    const group = /** @type {any} */ (row.groups.find((one) => one.group.code === code));
    return { value: group.total, missing: group.missing };
  }
  const found = /** @type {AspectScore} */ (row.aspects.find((one) => one.aspect.code === code));
  return { value: found.score ?? ZERO, missing: found.score === null ? 1 : 0 };
}

/** @param {any} rules @param {EntryScore} a @param {EntryScore} b */
function before(rules, a, b) {
  for (const criterion of rules.ranking.order) {
    const [one, other] = [criterionOf(a, criterion), criterionOf(b, criterion)];
    const isLow = rules.ranking.ascending.includes(criterion);
    if (isLow && one.missing !== other.missing) return one.missing - other.missing;
    const order = isLow ? compare(one.value, other.value) : compare(other.value, one.value);
    if (order) return order;
  }
  return 0;
}

/** The whole result: rows in their order, with rank (null: not ranked), total as text, standardised. @param {any} data */
export function result(data) {
  const { rules } = data;
  const scores = score(data);
  const ranked = scores.filter((row) => !row.entry[5] && row.isMarked);
  const places = new Map(scores.map((row, place) => [row, place]));
  ranked.sort((a, b) => before(rules, a, b) || /** @type {number} */ (places.get(a)) - /** @type {number} */ (places.get(b)));
  const scale = rules.contest.scale === "standardised" ? standardised(ranked.map((row) => row.total), rules.contest.rounding) : [];
  let rank = 0;
  const rows = ranked.map((row, place) => {
    if (!place || before(rules, ranked[place - 1], row)) rank = place + 1;
    return { ...row, rank: /** @type {number | null} */ (rank), text: fixed(row.total, rules.contest.places), standardised: scale[place] ?? null };
  });
  const rest = [...scores.filter((row) => !row.entry[5] && !row.isMarked), ...scores.filter((row) => row.entry[5])];
  return [...rows, ...rest.map((row) => ({ ...row, rank: null, text: fixed(row.total, rules.contest.places), standardised: null }))];
}

/** @param {Fraction[]} totals @param {string} rounding @returns {number[]} */
export function standardised(totals, rounding) {
  if (!totals.length) return [];
  const ordered = [...totals].sort(compare);
  const median = mean([ordered[(ordered.length - 1) >> 1], ordered[ordered.length >> 1]]);
  const middle = mean(totals);
  const variance = mean(totals.map((value) => times(minus(value, middle), minus(value, middle))));
  return totals.map((value) => {
    if (!variance.n) return 700;
    const distance = minus(value, median);
    const square = over(times(fraction(10000n), times(distance, distance)), variance);
    const halves = root((4n * square.n) / square.d);
    const isExact = halves * halves * square.d === 4n * square.n;
    const shift = isExact ? fraction(halves, 2n) : fraction(2n * halves + 1n, 4n);
    return Number(rounded(distance.n < 0n ? minus(fraction(700n), shift) : plus(fraction(700n), shift), 0, rounding).n);
  });
}
