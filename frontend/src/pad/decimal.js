// Marks are decimals: steps are counted in whole units of the smallest place, never in binary floats.

/** @param {string} text @returns {number} */
const places = (text) => (text.split(".")[1] ?? "").length;

/** @param {string} text @param {number} scale */
const units = (text, scale) => Math.round(Number(text) * 10 ** scale);

/** What a person typed as a plain decimal ("8,5" and full-width digits included), or null. @param {string} text */
export function read(text) {
  const plain = text.trim().normalize("NFKC").replace(",", ".").replace("。", ".");
  return /^-?\d{1,9}(\.\d{1,6})?$/.test(plain) ? plain : null;
}

/**
 * One step up or down from a value, kept on the grid and within the range.
 * @param {string | null} value @param {1 | -1} direction @param {{minimum: string, maximum: string, step: string}} aspect
 */
export function stepped(value, direction, aspect) {
  const scale = Math.max(places(aspect.minimum), places(aspect.maximum), places(aspect.step), places(value ?? ""));
  const [low, high, step] = [aspect.minimum, aspect.maximum, aspect.step].map((text) => units(text, scale));
  if (value === null) return shown(direction > 0 ? low : high, scale);
  const at = units(value, scale);
  // From beside the grid the next point on it is one step away at most.
  const beside = step ? (((at - low) % step) + step) % step : 0;
  const next = beside ? at + (direction > 0 ? step - beside : -beside) : at + direction * step;
  const moved = Math.min(high, Math.max(low, next));
  return shown(moved, scale);
}

/** @param {number} whole @param {number} scale */
function shown(whole, scale) {
  const text = (whole / 10 ** scale).toFixed(scale);
  return scale ? text.replace(/\.?0+$/, "") || "0" : text;
}

/** Whether two values are the same number. @param {string | null} a @param {string | null} b */
export const same = (a, b) => a === b || (a !== null && b !== null && Number(a) === Number(b));
