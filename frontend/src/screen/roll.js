// Numbers that count up to their new value: one clock for all of them, a dozen steps, never a picture of their own.

const LASTS = 600;
const STEP = 50;
const MOST = 8;

/** @typedef {{from: number, to: number, decimals: number, text: string, begun: number}} Way */
/** @type {Map<HTMLElement, Way>} */
const under = new Map();
let clock = 0;

/** Write a text where it differs; the text node stays, so that only it is drawn anew. @param {Element} box @param {string} text */
export function put(box, text) {
  const node = box.firstChild;
  if (!node || box.childNodes.length > 1 || node.nodeType !== 3) {
    if (node || text) box.textContent = text;
  } else if (node.nodeValue !== text) node.nodeValue = text;
}

function step() {
  const now = performance.now();
  for (const [cell, way] of under) {
    const share = Math.min(1, (now - way.begun) / LASTS);
    put(cell, share === 1 ? way.text : (way.from + (way.to - way.from) * (1 - (1 - share) ** 3)).toFixed(way.decimals));
    if (share === 1) under.delete(cell);
  }
  if (under.size) return;
  clearInterval(clock);
  clock = 0;
}

/**
 * Count a number up to its new value; at once when it is none, when nobody wants motion, or when many change together.
 * @param {HTMLElement} cell @param {string} text @param {boolean} isCalm
 */
export function roll(cell, text, isCalm) {
  const from = Number(cell.dataset.value ?? text);
  const to = Number(text);
  cell.dataset.value = text;
  if (isCalm || from === to || !Number.isFinite(from) || !Number.isFinite(to) || (under.size >= MOST && !under.has(cell))) {
    under.delete(cell);
    return put(cell, text);
  }
  under.set(cell, { from, to, decimals: (text.split(".")[1] ?? "").length, text, begun: performance.now() });
  clock ||= setInterval(step, STEP);
}
