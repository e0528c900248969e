// Many followers of one board in one Node process: the pages' own feed and reducer, without a page.
import { createInterface } from "node:readline";
import { follow } from "../../../frontend/src/screen/feed.js";

const [address, code, count] = process.argv.slice(2);
globalThis.location = /** @type {any} */ (new URL(address));
// Node 20 says "error" and no "close" when a server does not answer, and nothing at all when it hangs up before the
// handshake; browsers say both.
globalThis.WebSocket = class extends WebSocket {
  constructor(/** @type {string} */ url) {
    super(url);
    let isClosed = false;
    this.addEventListener("close", () => (isClosed = true));
    setTimeout(() => isClosed || this.readyState !== 0 || this.dispatchEvent(new Event("close")), 4000);
    this.addEventListener("error", () => setTimeout(() => isClosed || this.dispatchEvent(new Event("close")), 20));
  }
};
const boards = [];
for (let number = 0; number < Number(count); number += 1) {
  const nothing = { epoch: "", seq: -1, at: "", state: "", title: "", columns: [], rows: [] };
  boards.push(nothing);
  follow(code, nothing, (board) => (boards[number] = board), () => {});
}
// PostgreSQL keeps the keys of stored JSON in an order of its own.
const sorted = (/** @type {string} */ _key, /** @type {any} */ value) =>
  value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;
createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "end") process.exit(0);
  const found = new Map();
  for (const { epoch, seq, state, title, columns, rows } of boards) {
    const text = JSON.stringify({ epoch, seq, state, title, columns, rows }, sorted);
    found.set(text, (found.get(text) ?? 0) + 1);
  }
  console.log(JSON.stringify([...found].map(([text, times]) => [times, JSON.parse(text)])));
});
