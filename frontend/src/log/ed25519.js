// Verification of Ed25519 (RFC 8032, section 5.1.7), written out: over plain http a browser offers none. Nothing here is secret.
import { joined, number, sha512 } from "./hashes.js";

/** @typedef {[bigint, bigint, bigint, bigint]} Point extended coordinates X Y Z T */
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** @param {bigint} value */
const mod = (value) => ((value % P) + P) % P;

/** @param {bigint} base @param {bigint} exponent */
function power(base, exponent) {
  let found = 1n;
  for (let square = mod(base), rest = exponent; rest; rest >>= 1n, square = mod(square * square)) if (rest & 1n) found = mod(found * square);
  return found;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

/** @param {Point} a @param {Point} b @returns {Point} */
function add(a, b) {
  const first = mod((a[1] - a[0]) * (b[1] - b[0]));
  const second = mod((a[1] + a[0]) * (b[1] + b[0]));
  const third = mod(2n * a[3] * b[3] * D);
  const fourth = mod(2n * a[2] * b[2]);
  const [e, f, g, h] = [second - first, fourth - third, fourth + third, second + first];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

/** @param {bigint} times @param {Point} point @returns {Point} */
function multiplied(times, point) {
  /** @type {Point} */
  let found = [0n, 1n, 1n, 0n];
  for (let double = point, rest = times; rest; rest >>= 1n, double = add(double, double)) if (rest & 1n) found = add(found, double);
  return found;
}

/** @param {Point} a @param {Point} b */
const isEqual = (a, b) => mod(a[0] * b[2] - b[0] * a[2]) === 0n && mod(a[1] * b[2] - b[1] * a[2]) === 0n;

/** Read a point; null when the bytes are none. @param {Uint8Array} bytes @returns {Point | null} */
function read(bytes) {
  const value = number(bytes.slice().reverse());
  const y = value & (2n ** 255n - 1n);
  if (y >= P) return null;
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square)) x = mod(x * ROOT_OF_MINUS_ONE);
  const sign = value >> 255n;
  if (mod(x * x - square) || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

const BASE = /** @type {Point} */ (read(Uint8Array.from({ length: 32 }, (_, at) => (at ? 0x66 : 0x58))));

/** Return whether a signature holds. @param {Uint8Array} key 32 bytes @param {Uint8Array} message @param {Uint8Array} signature 64 bytes */
export function verify(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const [own, given] = [read(key), read(signature.subarray(0, 32))];
  const scale = number(signature.slice(32).reverse());
  if (!own || !given || scale >= L) return false;
  const challenge = number(sha512(joined(signature.subarray(0, 32), key, message)).reverse()) % L;
  return isEqual(multiplied(scale, BASE), add(given, multiplied(challenge, own)));
}
