// The pages' feed before a server made by hand: what is asked, and what is shown after each frame.
import assert from "node:assert/strict";
import { follow } from "../../../frontend/src/screen/feed.js";

const sockets = [];
globalThis.location = /** @type {any} */ (new URL("http://board.example"));
globalThis.WebSocket = /** @type {any} */ (class extends EventTarget {
  constructor() {
    super();
    this.readyState = 1;
    this.sent = [];
    sockets.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  hear(frame) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(frame) }));
  }
  end(code = 1006) {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
});
const snapshot = (seq, epoch = "a") => ({ type: "snapshot", epoch, seq, at: "", state: "live", title: `${epoch}${seq}`, columns: [], rows: [] });
const beat = (seq, epoch = "a") => ({ type: "beat", epoch, seq, at: "" });
const until = async (/** @type {() => unknown} */ holds) => {
  for (let turn = 0; turn < 2000 && !holds(); turn += 1) await new Promise((done) => setTimeout(done, 10));
  assert(holds(), String(holds));
};
const polls = [];
globalThis.fetch = /** @type {any} */ (() => new Promise((done) => polls.push(done)));
const answer = (frame) => ({ ok: true, status: 200, headers: new Headers({ ETag: `"${frame.epoch}-${frame.seq}"` }), json: async () => frame });

let shown = "";
const told = [];
follow("board", /** @type {any} */ (snapshot(5)), (board) => (shown = board.title), (status) => told.push(status));
const [first] = sockets;

// One sign of life from before may have crossed a newer frame; an older snapshot then is no news.
first.hear(beat(4));
first.hear(snapshot(4));
assert.deepEqual([first.sent, shown], [[], ""]);
first.hear(beat(5));
// Two in a row: the board was put back to an older state. It is asked for, and shown although its number is lower.
first.hear(beat(3));
first.hear(beat(3));
assert.deepEqual(first.sent, [{ type: "resync", epoch: "a", seq: 5 }]);
first.hear(snapshot(3));
assert.equal(shown, "a3");
first.hear({ ...snapshot(4), type: "delta", gone: [] });
first.hear(snapshot(2));
assert.equal(shown, "a3");

// Where sockets do not open, the snapshot is asked for; an answer that comes after the socket is no news.
first.end();
await until(() => sockets.length === 2);
sockets[1].end();
await until(() => polls.length === 1);
polls[0](answer(snapshot(6)));
await until(() => shown === "a6");
assert.equal(told.at(-1), "polling");
await until(() => polls.length === 2);
await until(() => sockets.length >= 3);
sockets.at(-1).hear(snapshot(9));
assert.equal(shown, "a9");
polls[1](answer(snapshot(7)));
await new Promise((done) => setTimeout(done, 50));
assert.deepEqual([shown, told.at(-1)], ["a9", "live"]);
console.log("ok");
process.exit(0);
