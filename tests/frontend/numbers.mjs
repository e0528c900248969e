// Answers one JSON question a line: the numbers of the tablet and of the scheme's editor, without a browser.
import { createInterface } from "node:readline";
import * as pad from "../../frontend/src/pad/decimal.js";
import { unusual } from "../../frontend/src/pad/figures.js";
import * as sums from "../../frontend/src/scheme/sums.js";

/** A sheet of one aspect, as the tablet holds it. */
const sheet = (step, marks) => ({
  pad: { aspects: [{ code: "seam", step }], entries: marks.map((_mark, number) => ({ code: String(number), status: "" })) },
  cell: (entry) => ({ shown: marks[Number(entry)] }),
});
const QUESTIONS = {
  "pad.read": (text) => pad.read(text),
  "pad.stepped": (value, direction, aspect) => pad.stepped(value, direction, aspect),
  "pad.same": (one, other) => pad.same(one, other),
  "pad.unusual": (step, marks) => unusual(sheet(step, marks)).map((row) => Number(row.entry)),
  "sums.read": (text) => (sums.read(text) === null ? null : sums.shown(sums.read(text))),
  "sums.sum": (texts) => sums.shown(texts.map(sums.read).reduce(sums.plus, sums.ZERO)),
  "sums.points": (aspect, group) => sums.shown(sums.points(aspect, group)),
  "sums.percent": (part, whole) => sums.percent(sums.read(part), sums.read(whole)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, values } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(QUESTIONS[ask](...values))}\n`);
}
