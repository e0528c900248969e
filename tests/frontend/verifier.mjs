// Answers one JSON question a line: the verifier's own modules, without a browser.
import { createInterface } from "node:readline";
import { check } from "../../frontend/src/verify/check.js";
import { fixed, shown } from "../../frontend/src/verify/fraction.js";
import { asText, aspectLine, groupLine, totalLine } from "../../frontend/src/verify/lines.js";
import { result } from "../../frontend/src/verify/scoring.js";

const text = (value) => (value === null ? null : shown(value));

function rows(data) {
  return result(data).map((row) => ({
    entry: row.entry[0],
    rank: row.rank,
    total: row.text,
    standardised: row.standardised,
    penalty: shown(row.penalty),
    groups: row.groups.map((group) => [group.group.code, shown(group.points), fixed(group.total, data.rules.contest.places), group.missing]),
    aspects: row.aspects.map((one) => [one.aspect.code, one.state, one.marks.map((mark) => [mark.judge, shown(mark.value), mark.use]), text(one.combined), text(one.score)]),
  }));
}

function lines(data, words) {
  return Object.fromEntries(
    result(data).map((row) => {
      const made = row.aspects.map((one) => [one.aspect, aspectLine(data.rules, one, words)]);
      const groups = row.groups.map((group) => groupLine(data.rules, group, made.filter(([aspect]) => aspect.group === group.group.code).map(([, line]) => line), words));
      const taken = data.penalties.filter((one) => one[0] === row.entry[0]).map((one) => one[1]);
      return [row.entry[0], { aspects: made.map(([, line]) => asText(line)), scores: made.map(([, line]) => line.score), groups, total: totalLine(data.rules, row, taken, words) }];
    }),
  );
}

const checked = (data) => check(data).map(({ row, differences }) => ({ entry: row.entry[0], rank: row.hasRank ? row.rank : null, standardised: row.hasScale ? row.standardised : null, differences }));

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, data, words } = JSON.parse(line);
  const answer = ask === "rows" ? rows(data) : ask === "lines" ? lines(data, words) : checked(data);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
