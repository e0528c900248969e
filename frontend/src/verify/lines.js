// The arithmetic of one total as lines people can follow with a pencil. Pure: words in, texts out.
import { fixed, plus, read, shown, times, ZERO, compare, fraction, over } from "./fraction.js";

/** @typedef {import("./fraction.js").Fraction} Fraction */
/** @typedef {import("./scoring.js").AspectScore} AspectScore */
/** @typedef {Record<string, string>} Words */
/** @typedef {{title: string, marks: {text: string, use: string}[], steps: string[], score: string}} AspectLine */

/** A sentence with {names} filled in. @param {string} text @param {Record<string, string | number>} values */
export const say = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));

/** A rounding as a step, when it changed something. @param {Fraction} exact @param {Fraction} rounded @param {number} places @param {Words} words */
function rounding(exact, rounded, places, words) {
  return compare(exact, rounded) ? [`${words.rounded} ${fixed(rounded, places)}`] : [];
}

/** How the marks became one number. @param {AspectScore} row @param {Words} words @returns {string[]} */
function combining(row, words) {
  const { aspect, marks } = row;
  const counted = marks.filter((mark) => mark.use === "counted").map((mark) => mark.value);
  const exact = /** @type {Fraction} */ (row.exact);
  if (aspect.combine === "worldskills") {
    const settling = marks.find((mark) => mark.use === "settling");
    const level = settling ? settling.value : over(counted.reduce(plus, ZERO), fraction(BigInt(counted.length)));
    const start = settling ? `${words.settled} ${settling.text}` : `${words.mean} ${shown(level)}`;
    return [start, `÷ 3 × ${aspect.max} = ${shown(exact)}`];
  }
  const trimmed = marks.filter((mark) => mark.use === "trimmed").map((mark) => mark.text);
  const drop = trimmed.length ? [`${words.drop} ${trimmed.join(", ")}`] : [];
  if (aspect.kind === "measurement") return [`${words.measurement} ${shown(exact)}`];
  return [...drop, `${words[aspect.combine]} ${shown(exact)}`];
}

/** One aspect: its marks and every step to its score. @param {any} rules @param {AspectScore} row @param {Words} words @returns {AspectLine} */
export function aspectLine(rules, row, words) {
  const { places } = rules.contest;
  const marks = row.marks.map((mark) => ({ text: mark.text, use: mark.use }));
  if (!row.exact || !row.combined || !row.product || !row.score) {
    return { title: row.aspect.title, marks, steps: [words[row.state]], score: "0" };
  }
  const isPlain = !compare(read(row.factor), fraction(1n));
  const steps = [
    ...combining(row, words),
    ...rounding(row.exact, row.combined, places, words),
    ...(isPlain ? [] : [`× ${row.factor} = ${shown(row.product)}`]),
    ...rounding(row.product, row.score, places, words),
  ];
  const isRounded = row.aspect.round.includes("factor");
  return { title: row.aspect.title, marks, steps, score: isRounded ? fixed(row.score, places) : shown(row.score) };
}

/** The sum of a group: "8.33 + 7.5 = 15.83 → × 2 = 31.66". @param {any} rules @param {any} group @param {AspectLine[]} lines @param {Words} words */
export function groupLine(rules, group, lines, words) {
  const { places } = rules.contest;
  const weighted = times(read(group.group.weight), group.points);
  const isPlain = !compare(read(group.group.weight), fraction(1n));
  const text = (/** @type {Fraction} */ value) => (compare(value, group.total) ? shown(value) : fixed(group.total, places));
  const sum = isPlain ? text(group.points) : shown(group.points);
  const steps = [lines.length > 1 ? `${lines.map((line) => line.score).join(" + ")} = ${sum}` : sum];
  if (!isPlain) steps.push(`× ${group.group.weight} = ${text(weighted)}`);
  return [...steps, ...rounding(weighted, group.total, places, words)].join(" → ");
}

/** The sum of groups less penalties. @param {any} rules @param {any} row @param {string[]} penalties @param {Words} words */
export function totalLine(rules, row, penalties, words) {
  const { places } = rules.contest;
  const parts = row.groups.map((/** @type {any} */ group) => fixed(group.total, places)).join(" + ");
  const taken = penalties.map((points) => ` − ${points}`).join("");
  const points = row.groups.reduce((/** @type {Fraction} */ all, /** @type {any} */ group) => plus(all, group.total), ZERO);
  const isBelow = compare(points, row.penalty) < 0;
  if (row.groups.length === 1 && !taken) return row.text;
  return `${parts}${taken} = ${row.text}${isBelow ? ` (${words.floor})` : ""}`;
}

/** An aspect on one line of text. @param {AspectLine} line */
export function asText(line) {
  const marks = line.marks.map((mark) => mark.text).join(" ");
  return `${line.title}: ${[marks, ...line.steps].filter(Boolean).join(" → ")}`;
}
