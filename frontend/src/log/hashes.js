// SHA-256 and SHA-512 (FIPS 180-4), written out: over plain http a browser offers none.

/** Fractional bits of roots of primes, as the standard derives its constants. @param {number} count @param {number} bits @param {2 | 3} degree */
function constants(count, bits, degree) {
  /** @type {bigint[]} */
  const found = [];
  for (let number = 2n; found.length < count; number++) {
    let isPrime = true;
    for (let part = 2n; part * part <= number; part++) if (number % part === 0n) isPrime = false;
    if (isPrime) found.push(root(number << BigInt(bits * degree), BigInt(degree)) & ((1n << BigInt(bits)) - 1n));
  }
  return found;
}

/** Whole root, rounded down. @param {bigint} value @param {bigint} degree */
function root(value, degree) {
  let low = 0n;
  let high = 1n << (BigInt(value.toString(2).length) / degree + 1n);
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** degree <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}

/** One compression function for both lengths. @param {{ word: number, rounds: number, big: number[][], small: number[][] }} shape */
function hasher({ word, rounds, big, small }) {
  const bits = BigInt(word);
  const mask = (1n << bits) - 1n;
  const start = constants(8, word, 2);
  const keys = constants(rounds, word, 3);
  const block = word * 2;
  /** @param {bigint} x @param {number} by */
  const turned = (x, by) => ((x >> BigInt(by)) | (x << (bits - BigInt(by)))) & mask;
  /** @param {bigint} x @param {number[]} by */
  const mixed = (x, by) => turned(x, by[0]) ^ turned(x, by[1]) ^ (by.length > 3 ? x >> BigInt(by[2]) : turned(x, by[2]));

  /** @param {Uint8Array} data */
  return (data) => {
    const length = Math.ceil((data.length + 1 + word / 4) / block) * block;
    const padded = new Uint8Array(length);
    padded.set(data);
    padded[data.length] = 0x80;
    new DataView(padded.buffer).setBigUint64(length - 8, BigInt(data.length) * 8n);
    let state = [...start];
    for (let offset = 0; offset < length; offset += block) {
      const words = Array.from({ length: 16 }, (_, at) => number(padded.subarray(offset + (at * word) / 8, offset + ((at + 1) * word) / 8)));
      for (let at = 16; at < rounds; at++) words.push((mixed(words[at - 2], small[1]) + words[at - 7] + mixed(words[at - 15], small[0]) + words[at - 16]) & mask);
      let [a, b, c, d, e, f, g, h] = state;
      for (let at = 0; at < rounds; at++) {
        const first = h + mixed(e, big[1]) + ((e & f) ^ (~e & mask & g)) + keys[at] + words[at];
        const second = mixed(a, big[0]) + ((a & b) ^ (a & c) ^ (b & c));
        [a, b, c, d, e, f, g, h] = [(first + second) & mask, a, b, c, (d + first) & mask, e, f, g];
      }
      state = [a, b, c, d, e, f, g, h].map((value, at) => (value + state[at]) & mask);
    }
    return joined(...state.map((value) => bytesOf(value, word / 8)));
  };
}

/** Big-endian bytes as a number. @param {Uint8Array} bytes */
export const number = (bytes) => bytes.reduce((total, byte) => (total << 8n) | BigInt(byte), 0n);

/** A number as big-endian bytes. @param {bigint} value @param {number} length */
export const bytesOf = (value, length) => Uint8Array.from({ length }, (_, at) => Number((value >> BigInt(8 * (length - 1 - at))) & 255n));

/** @param {Uint8Array[]} parts */
export function joined(...parts) {
  const found = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (found.set(part, at), at + part.length), 0);
  return found;
}

// Each list: three rotations; of the small ones the third is a shift, marked by a fourth entry.
export const sha256 = hasher({ word: 32, rounds: 64, big: [[2, 13, 22], [6, 11, 25]], small: [[7, 18, 3, 0], [17, 19, 10, 0]] });
export const sha512 = hasher({ word: 64, rounds: 80, big: [[28, 34, 39], [14, 18, 41]], small: [[1, 8, 7, 0], [19, 61, 6, 0]] });
