// Snapshot + deltas = fresh snapshot. The same reducer stands in engine/live/pure/reducer.py.

/** @typedef {{id: string, rank: number | null, name: string, unit: string, total: string, cells: Record<string, string>}} Row */
/** @typedef {{epoch: string, seq: number, at: string, state: string, title: string, columns: {code: string, title: string}[], rows: Row[], call?: {rank: number, of?: number} | null, left?: number}} Board */

/** Ids by code points, as Python orders them. @param {string} one @param {string} other */
function byId(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return (one.codePointAt(at) ?? -1) - (other.codePointAt(at) ?? -1);
}

/** @param {Row} a @param {Row} b */
const before = (a, b) => (a.rank === b.rank ? 0 : (a.rank ?? Infinity) - (b.rank ?? Infinity)) || byId(a.id, b.id);

/** Rows by rank, those without one last, equals by id. @param {Iterable<Row>} rows @returns {Row[]} */
export const ordered = (rows) => [...rows].sort(before);

/** The board after a frame. @param {Board | null} board @param {any} frame @returns {Board | null} */
export function apply(board, frame) {
  if (frame.type === "beat") return board;
  if (frame.type === "snapshot") {
    const { epoch, seq, at, state, title, columns, rows, call, left } = frame;
    return { epoch, seq, at, state, title, columns, rows, call: call ?? null, left: left ?? 0 };
  }
  if (!board) return null;
  const rows = new Map(board.rows.map((row) => [row.id, row]));
  for (const row of frame.rows) rows.set(row.id, row);
  for (const id of frame.gone) rows.delete(id);
  return { ...board, seq: frame.seq, at: frame.at, state: frame.state, call: frame.call ?? null, left: frame.left ?? 0, rows: ordered(rows.values()) };
}

/** Whether a delta can be applied: it follows directly. @param {Board | null} board @param {any} frame */
export const follows = (board, frame) => !!board && frame.epoch === board.epoch && frame.seq === board.seq + 1;
