// Sums of decimals as exact fractions: a weight of 0.1 three times is 0.3, as on the server.

/** @typedef {{n: bigint, d: bigint}} Fraction */
/** @param {bigint} a @param {bigint} b @returns {bigint} */
const gcd = (a, b) => (b ? gcd(b, a % b) : a < 0n ? -a : a);
/** @param {bigint} n @param {bigint} d @returns {Fraction} */
const reduced = (n, d) => {
  const common = gcd(n, d) || 1n;
  return { n: n / common, d: d / common };
};
export const ZERO = { n: 0n, d: 1n };

/** A typed decimal, or null. @param {unknown} text @returns {Fraction | null} */
export function read(text) {
  const match = /^\s*([+-]?)(\d{1,12})(?:\.(\d{1,24}))?\s*$/.exec(String(text ?? "").normalize("NFKC"));
  if (!match) return null;
  const places = match[3] ?? "";
  const whole = BigInt(match[2] + places);
  return reduced(match[1] === "-" ? -whole : whole, 10n ** BigInt(places.length));
}
/** @param {Fraction} a @param {Fraction} b */
export const plus = (a, b) => reduced(a.n * b.d + b.n * a.d, a.d * b.d);
/** @param {Fraction} a @param {Fraction} b */
export const times = (a, b) => reduced(a.n * b.n, a.d * b.d);
/** At most two decimals, for reading. @param {Fraction} a */
export function shown(a) {
  const hundredths = (a.n * 200n + a.d) / (2n * a.d);
  const text = String(hundredths).padStart(3, "0");
  return `${text.slice(0, -2)}.${text.slice(-2)}`.replace(/\.?0+$/, "");
}
/** Percent of a whole, one decimal. @param {Fraction} part @param {Fraction} whole */
export const percent = (part, whole) => (whole.n ? shown(reduced(part.n * whole.d * 100n, part.d * whole.n)) : "0");

/** Full points of one aspect in the total. @param {any} aspect @param {any} group */
export function points(aspect, group) {
  const [most, factor, weight] = [read(aspect.max), read(aspect.factor), read(group?.weight)];
  return most && factor && weight ? times(times(most, factor), weight) : ZERO;
}
