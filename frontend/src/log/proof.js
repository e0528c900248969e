// C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof, as docs/verify_log.py checks them.
import { verify } from "./ed25519.js";
import { bytesOf, joined, sha256 } from "./hashes.js";

const DASH = "\u2014";
const HEAD = "c2sp.org/tlog-proof@v1";
const SALT_BYTES = 16;
const MOST_HASHES = 63;
const utf8 = new TextEncoder();

/** What does not hold; `kind` is the sentence the page shows, the message why. */
export class Wrong extends Error {
  /** @param {"unknown" | "signature" | "tree" | "key" | "other"} kind @param {string} [why] */
  constructor(kind, why = "") {
    super(why);
    this.kind = kind;
  }
}

/** Standard base64 with one text for each value. @param {string} text */
export function base64(text) {
  try {
    const found = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    if (btoa(String.fromCharCode(...found)) === text) return found;
  } catch {
    // said below
  }
  throw new Wrong("unknown", "base64");
}

/** @param {string} text */
function whole(text) {
  if (!/^(0|[1-9]\d{0,14})$/.test(text)) throw new Wrong("unknown", text.slice(0, 20));
  return Number(text);
}

/** @param {Uint8Array} a @param {Uint8Array} b */
const isSame = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** Read a verifier key `name+hash+base64(type ‖ key)`. @param {string} text */
export function readKey(text) {
  const [, name, hash, data] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
  try {
    const raw = base64(data ?? "");
    const own = sha256(joined(utf8.encode(`${name}\n`), raw)).subarray(0, 4);
    if (raw.length === 33 && [...own].map((byte) => byte.toString(16).padStart(2, "0")).join("") === hash) return { name, hash: own, type: raw[0], key: raw.subarray(1) };
  } catch {
    // said below
  }
  throw new Wrong("key");
}

/** Read a checkpoint and demand the log's signature. @param {string} text @param {string} keyText */
export function readNote(text, keyText) {
  const key = readKey(keyText);
  const cut = text.lastIndexOf("\n\n");
  if (cut < 0 || !text.endsWith("\n")) throw new Wrong("unknown", "checkpoint");
  const body = text.slice(0, cut + 1);
  const signatures = text
    .slice(cut + 2, -1)
    .split("\n")
    .map((line) => {
      const [dash, name, value, more] = line.split(" ");
      if (dash !== DASH || !name || !value || more) throw new Wrong("unknown", "signature");
      return { name, value: base64(value) };
    });
  const own = signatures.filter((line) => line.name === key.name && isSame(line.value.subarray(0, 4), key.hash));
  const [origin, size, root] = body.split("\n");
  if (!own.length || key.type !== 1 || origin !== key.name) throw new Wrong("signature");
  for (const line of own) if (!verify(key.key, utf8.encode(body), line.value.subarray(4))) throw new Wrong("signature");
  return { origin, size: whole(size), root: base64(root ?? ""), rootText: root, signers: signatures.map((line) => line.name) };
}

/** The root a leaf's hash leads to: RFC 9162, section 2.1.3.2. @param {number} index @param {number} size @param {Uint8Array} leaf @param {Uint8Array[]} hashes */
export function rootOf(index, size, leaf, hashes) {
  if (index >= size) throw new Wrong("tree", "index");
  let [place, last, found] = [BigInt(index), BigInt(size - 1), leaf];
  for (const part of hashes) {
    if (!last) throw new Wrong("tree", "length");
    if (place & 1n || place === last) {
      found = sha256(joined(bytesOf(1n, 1), part, found));
      while (!(place & 1n) && place) [place, last] = [place >> 1n, last >> 1n];
    } else found = sha256(joined(bytesOf(1n, 1), found, part));
    [place, last] = [place >> 1n, last >> 1n];
  }
  if (last) throw new Wrong("tree", "length");
  return found;
}

/**
 * Check a `.tlog-proof` or a checkpoint. A proof without a record is about the leaf's hash alone, which is then not known here.
 * @param {string} given @param {string} keyText the log's verifier key @param {string} [printedRoot] root on paper, base64
 * @returns {{ kind: "proof" | "hash" | "note", index?: number, size: number, name: string, record?: string, signers: string[], isPrinted: boolean }}
 */
export function check(given, keyText, printedRoot = "") {
  const text = given.replaceAll("\r\n", "\n");
  const isProof = text.startsWith(`${HEAD}\n`);
  const cut = isProof ? text.indexOf("\n\n") : 0;
  if (isProof && cut < 0) throw new Wrong("unknown", "checkpoint");
  const note = readNote(isProof ? text.slice(cut + 2) : text, keyText);
  const paper = printedRoot.trim();
  if (paper && paper !== note.rootText) throw new Wrong("other");
  const told = { size: note.size, name: note.origin, signers: note.signers, isPrinted: paper !== "" };
  if (!isProof) return { kind: "note", ...told };
  const lines = text.slice(HEAD.length + 1, cut).split("\n");
  const extra = lines[0].startsWith("extra ") ? base64(/** @type {string} */ (lines.shift()).slice(6)) : null;
  if (!lines[0]?.startsWith("index ") || lines.length - 1 > MOST_HASHES) throw new Wrong("unknown", "index");
  const index = whole(lines[0].slice(6));
  const hashes = lines.slice(1).map(base64);
  if (hashes.some((hash) => hash.length !== 32)) throw new Wrong("unknown", "hash");
  if (!extra) return { kind: "hash", index, ...told };
  const leaf = sha256(joined(bytesOf(0n, 1), sha256(extra)));
  if (!isSame(rootOf(index, note.size, leaf, hashes), note.root)) throw new Wrong("tree", "root");
  return { kind: "proof", index, record: new TextDecoder().decode(extra.subarray(SALT_BYTES)), ...told };
}
