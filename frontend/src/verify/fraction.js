// Exact fractions of whole numbers; rounding only where a rule says so. The same rules stand in contests/pure/decimals.py.

/** @typedef {{n: bigint, d: bigint}} Fraction */

/** @param {bigint} a @param {bigint} b @returns {bigint} */
function gcd(a, b) {
  a = a < 0n ? -a : a;
  while (b) [a, b] = [b, a % b];
  return a;
}

/** @param {bigint} n @param {bigint} [d] @returns {Fraction} */
export function fraction(n, d = 1n) {
  if (d < 0n) [n, d] = [-n, -d];
  const common = gcd(n, d < 0n ? -d : d) || 1n;
  return { n: n / common, d: d / common };
}

/** A decimal written as text. @param {string | number} text @returns {Fraction} */
export function read(text) {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(String(text));
  if (!match) throw new Error(`not a decimal: ${text}`);
  const places = match[3] ?? "";
  const whole = BigInt((match[2] || "0") + places);
  return fraction(match[1] === "-" ? -whole : whole, 10n ** BigInt(places.length));
}

export const ZERO = fraction(0n);
/** @param {Fraction} a @param {Fraction} b */
export const plus = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
/** @param {Fraction} a @param {Fraction} b */
export const minus = (a, b) => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
/** @param {Fraction} a @param {Fraction} b */
export const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
/** @param {Fraction} a @param {Fraction} b */
export const over = (a, b) => fraction(a.n * b.d, a.d * b.n);
/** @param {Fraction} a @param {Fraction} b */
export const compare = (a, b) => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
/** @param {Fraction[]} rows */
export const sum = (rows) => rows.reduce(plus, ZERO);
/** @param {Fraction[]} rows */
export const mean = (rows) => over(sum(rows), fraction(BigInt(rows.length)));

/** Round to so many decimals: half-up away from zero, half-even, truncate. @param {Fraction} value @param {number} places @param {string} rounding @returns {Fraction} */
export function rounded(value, places, rounding) {
  const scale = 10n ** BigInt(places);
  const size = (value.n < 0n ? -value.n : value.n) * scale;
  let whole = size / value.d;
  const twice = 2n * (size % value.d);
  if (rounding === "half-up" && twice >= value.d) whole += 1n;
  if (rounding === "half-even" && (twice > value.d || (twice === value.d && whole % 2n === 1n))) whole += 1n;
  return fraction(value.n < 0n ? -whole : whole, scale);
}

/** With exactly so many decimals, as text; the value must have no more. @param {Fraction} value @param {number} places */
export function fixed(value, places) {
  const scaled = (value.n * 10n ** BigInt(places)) / value.d;
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, "0");
  const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return scaled < 0n ? `-${text}` : text;
}

/** Exactly, for people: a decimal where it ends, else n/d. @param {Fraction} value */
export function shown(value) {
  let rest = value.d;
  let twos = 0;
  let fives = 0;
  while (rest % 2n === 0n) (rest /= 2n), (twos += 1);
  while (rest % 5n === 0n) (rest /= 5n), (fives += 1);
  if (rest !== 1n) return `${value.n}/${value.d}`;
  const text = fixed(value, Math.max(twos, fives));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** The whole part of a root. @param {bigint} value */
export function root(value) {
  if (value < 2n) return value;
  let guess = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (let next = (guess + value / guess) >> 1n; next < guess; next = (guess + value / guess) >> 1n) guess = next;
  return guess;
}
