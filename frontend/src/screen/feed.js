// Where frames come from: the socket; where a proxy blocks it, polling the snapshot.
import { apply, follows } from "./reducer.js";

const SILENT_AFTER = 12_000;
const POLL_EVERY = 3_000;
const ASK_AGAIN = 1_500;
const LONGEST_WAIT = 8_000;
const LOOK_AGAIN = 30_000;

/**
 * Follow a board for ever.
 * @param {string} code
 * @param {import("./reducer.js").Board} first
 * @param {(board: import("./reducer.js").Board) => void} changed
 * @param {(status: "live" | "silent" | "polling" | "refused") => void} told
 * @param {{reports?: boolean}} [options] reports: answer each sign of life with what is shown here, as paired screens do
 */
export function follow(code, first, changed, told, { reports = false } = {}) {
  let board = first;
  let failures = 0;
  let heard = Date.now();
  let polling = false;
  /** @type {string} */
  let etag = "";
  let asked = 0;
  // Signs of life in a row that stand before what is shown: the first may have crossed a newer frame, two mean that an
  // older board was put back, whose snapshot is the truth.
  let behind = 0;

  /** Ask for what is missing; again only when no answer came. @param {WebSocket} socket */
  function resync(socket) {
    if (Date.now() - asked < ASK_AGAIN || socket.readyState !== 1) return;
    asked = Date.now();
    socket.send(JSON.stringify({ type: "resync", epoch: board.epoch, seq: board.seq }));
    setTimeout(() => asked && resync(socket), ASK_AGAIN + 10);
  }

  /** @param {any} frame @param {WebSocket} socket */
  function take(frame, socket) {
    if (frame.type === "delta") {
      if (frame.epoch === board.epoch && frame.seq <= board.seq) return;
      if (!follows(board, frame)) return resync(socket);
    }
    if (frame.type === "beat") {
      behind = frame.epoch === board.epoch && frame.seq < board.seq ? behind + 1 : 0;
      if (frame.epoch !== board.epoch || frame.seq > board.seq || behind > 1) resync(socket);
      else asked = 0;
      if (reports) socket.send(JSON.stringify({ type: "beat", epoch: board.epoch, seq: board.seq, at: frame.at }));
      return;
    }
    // An older snapshot of the same history, sent before what is shown already, is no news.
    if (frame.type === "snapshot" && isOld(frame)) return;
    asked = 0;
    behind = 0;
    show(apply(board, frame));
  }

  /** @param {any} snapshot */
  const isOld = (snapshot) => snapshot.epoch === board.epoch && snapshot.seq < board.seq && behind < 2;

  /** @param {import("./reducer.js").Board | null} next */
  function show(next) {
    if (!next || next === board) return;
    board = next;
    changed(board);
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/boards/${encodeURIComponent(code)}/?epoch=${board.epoch}&seq=${board.seq}`);
    let opened = false;
    socket.addEventListener("open", () => (opened = true));
    socket.addEventListener("message", (event) => {
      heard = Date.now();
      failures = 0;
      polling = false;
      told("live");
      take(JSON.parse(event.data), socket);
    });
    socket.addEventListener("close", (event) => {
      if (event.code === 4401 || event.code === 4403 || event.code === 4404) {
        told("refused");
        // A board that is not there may come back: a database is being restored.
        if (event.code === 4404) setTimeout(connect, LOOK_AGAIN);
        return;
      }
      failures += 1;
      if (!opened && failures >= 2) polling = true;
      asked = 0;
      const wait = Math.min(LONGEST_WAIT, 250 * 2 ** failures);
      setTimeout(connect, wait / 2 + (Math.random() * wait) / 2);
    });
  }

  async function poll() {
    if (polling) {
      try {
        const answer = await fetch(`/boards/${encodeURIComponent(code)}.json`, { headers: etag ? { "If-None-Match": etag } : {} });
        const snapshot = answer.ok ? await answer.json() : null;
        // The socket may have come meanwhile, with newer frames than this answer.
        if (polling && (snapshot || answer.status === 304)) {
          heard = Date.now();
          told("polling");
          etag = answer.headers.get("ETag") ?? etag;
          if (snapshot) show(apply(board, snapshot));
        }
      } catch {
        // The status below says it: nothing was heard.
      }
    }
    setTimeout(poll, POLL_EVERY);
  }

  setInterval(() => {
    if (Date.now() - heard > SILENT_AFTER) told("silent");
  }, 1000);
  connect();
  poll();
}
