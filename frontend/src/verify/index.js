// The verifier: every total computed again in this browser, shown line by line, compared with what was published.
import { fixed, read, shown } from "./fraction.js";
import { result } from "./scoring.js";

/** @param {string} id */
const json = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
const words = json("verify-words");
const data = json("verify-data");
const box = /** @type {HTMLElement} */ (document.querySelector("[data-verify]"));

/** @param {string} tag @param {string} css @param {string} [text] */
function make(tag, css, text = "") {
  const element = document.createElement(tag);
  element.className = css;
  element.textContent = text;
  return element;
}

/** One aspect as a sentence of numbers. @param {import("./scoring.js").AspectScore} row */
function sentence(row) {
  const line = make("p", "verify-line");
  line.append(make("span", "verify-title", row.aspect.title));
  for (const mark of row.marks) line.append(make("span", `mark ${mark.use}`, mark.text), " ");
  if (row.combined === null) {
    line.append(words[row.state]);
    return line;
  }
  const trimmed = row.marks.filter((mark) => mark.use === "trimmed").map((mark) => mark.text);
  if (trimmed.length) line.append(`→ ${words.drop} ${trimmed.join(", ")} `);
  line.append(`→ ${words[row.aspect.kind === "measurement" ? "measurement" : row.aspect.combine]} ${shown(row.combined)} `);
  line.append(`× ${row.factor} = `, make("b", "", row.score ? shown(row.score) : "–"));
  return line;
}

/** @param {any} row @param {any} published @param {boolean} isWhole */
function entry(row, published, isWhole) {
  const places = data.rules.contest.places;
  const holder = /** @type {HTMLDetailsElement} */ (make("details", "card verify-entry"));
  const isSame = !published || (published.total === row.text && (!isWhole || (published.rank ?? null) === row.rank));
  const head = make("summary", "row");
  head.append(make("span", `medal rank-${published?.rank ?? ""}`, String(published?.rank ?? "—")), make("span", "grow strong", `${row.entry[1] || row.entry[0]} · ${row.entry[0]}`), make("span", "strong", row.text), make("span", `tag ${isSame ? "ok" : "error"}`, isSame ? `✓ ${words.same}` : `✗ ${words.other} ${published.total}`));
  holder.append(head);
  for (const group of row.groups) {
    holder.append(make("h3", "", group.group.title));
    for (const aspect of row.aspects) if (aspect.aspect.group === group.group.code) holder.append(sentence(aspect));
    holder.append(make("p", "verify-sum", `${group.group.weight} × ${shown(group.points)} → ${fixed(group.total, places)}`));
  }
  for (const [code, points, reason] of data.penalties) if (code === row.entry[0]) holder.append(make("p", "verify-sum", `− ${shown(read(points))} ${reason}`));
  holder.append(make("p", "verify-sum strong", `${words.total} ${row.text}`));
  holder.dataset.same = String(isSame);
  return holder;
}

if (data) {
  const isWhole = box.dataset.whole === "yes";
  const published = new Map(data.rows.map((/** @type {any} */ row) => [row.entry, row]));
  const rows = result(data);
  const holders = rows.map((row) => entry(row, published.get(row.entry[0]), isWhole));
  const wrong = holders.filter((holder) => holder.dataset.same === "false").length;
  box.append(make("p", `note ${wrong ? "error" : "ok"}`, (wrong ? words.someWrong : words.allSame).replace("{n}", String(wrong || rows.length))), ...holders);
  if (holders.length === 1) holders[0].open = true;
  box.dataset.done = wrong ? "wrong" : "right";
}
