// The verifier: every total computed again in this browser, shown line by line, compared with what was published.
import { check } from "./check.js";
import { aspectLine, groupLine, say, totalLine } from "./lines.js";

/** @param {string} id */
const json = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
const words = json("verify-words");
const data = json("verify-data");
const box = /** @type {HTMLElement} */ (document.querySelector("[data-verify]"));

/** @param {string} tag @param {string} css @param {(string | Node)[]} content */
function make(tag, css, ...content) {
  const element = document.createElement(tag);
  if (css) element.className = css;
  element.append(...content);
  return element;
}

/** One aspect: marks, trimmed ones struck through, then each step. @param {import("./lines.js").AspectLine} line */
function aspect(line) {
  const marks = line.marks.map((mark) => make(mark.use === "trimmed" ? "s" : "span", `mark ${mark.use}`, mark.text));
  const steps = line.steps.flatMap((step) => [" → ", step]);
  return make("p", "verify-line", make("span", "verify-title", line.title), ...marks.flatMap((mark) => [mark, " "]), ...steps, " → ", make("b", "", line.score));
}

/** @param {import("./check.js").Difference} one */
const difference = (one) =>
  make("p", "note error", say(words.differs, { what: one.group || words[one.what], here: one.here, published: one.published }));

/** One entry, closed; what is inside is written when it is opened. @param {ReturnType<typeof check>[number]} found */
function entry({ row, published, differences }) {
  const holder = /** @type {HTMLDetailsElement} */ (make("details", "card verify-entry"));
  const isSame = !differences.length;
  const tag = published ? [make("span", `tag ${isSame ? "ok" : "error"}`, `${isSame ? "✓" : "✗"} ${isSame ? words.same : words.other}`)] : [];
  const who = [row.entry[0], row.entry[1]].filter(Boolean).join(" ");
  const medal = published?.rank ?? row.rank;
  holder.append(make("summary", "row", make("span", `medal rank-${medal ?? ""}`, String(medal ?? "—")), make("span", "grow strong", who), make("span", "strong", row.text), ...tag));
  holder.dataset.entry = row.entry[0];
  holder.dataset.same = String(isSame);
  holder.addEventListener("toggle", () => fill(holder, row, published, differences), { once: true });
  return holder;
}

/** @param {HTMLElement} holder @param {any} row @param {any} published @param {import("./check.js").Difference[]} differences */
function fill(holder, row, published, differences) {
  for (const group of row.groups) {
    const own = row.aspects.filter((/** @type {any} */ one) => one.aspect.group === group.group.code);
    const lines = own.map((/** @type {any} */ one) => aspectLine(data.rules, one, words));
    holder.append(make("h2", "", group.group.title), ...lines.map(aspect), make("p", "verify-sum", `${group.group.title}: ${groupLine(data.rules, group, lines, words)}`));
  }
  const taken = data.penalties.filter((/** @type {string[]} */ one) => one[0] === row.entry[0]);
  for (const [, points, reason] of taken) if (reason) holder.append(make("p", "verify-sum", `${words.penalty} ${points}: ${reason}`));
  const sum = totalLine(data.rules, row, taken.map((/** @type {string[]} */ one) => one[1]), words);
  holder.append(make("p", "verify-sum strong", `${words.total}: ${sum}`));
  if (row.hasScale) holder.append(make("p", "verify-sum", `${words.standardised}: ${row.standardised ?? "—"}`));
  if (published && !differences.length) holder.append(make("p", "note ok", `${words.same} ✓`));
  holder.append(...differences.map(difference));
}

if (data) {
  const found = check(data);
  const holders = found.map(entry);
  const wrong = found.filter((one) => one.differences.length).length;
  const text = wrong ? words.someWrong : data.scope === "own" ? words.ownSame : words.allSame;
  box.append(make("p", `note ${wrong ? "error" : "ok"}`, say(text, { n: wrong || found.length })), ...holders);
  if (holders.length === 1) holders[0].open = true;
  box.dataset.done = wrong ? "wrong" : "right";
}
