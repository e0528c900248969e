// Answers one JSON question a line: the modules that check proofs, without a browser.
import { createInterface } from "node:readline";
import { verify } from "../../frontend/src/log/ed25519.js";
import { sha256, sha512 } from "../../frontend/src/log/hashes.js";
import { check, Wrong } from "../../frontend/src/log/proof.js";

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (part) => parseInt(part, 16));
const hex = (found) => [...found].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function answer({ ask, values }) {
  if (ask === "sha256") return hex(sha256(bytes(values[0])));
  if (ask === "sha512") return hex(sha512(bytes(values[0])));
  if (ask === "verify") return verify(...values.map(bytes));
  try {
    return check(...values);
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.kind };
    throw error;
  }
}

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
