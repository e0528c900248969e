// The local record: the last resort when a tablet never reaches the server again.

/** @param {unknown} value */
const cell = (value) => {
  const text = String(value ?? "");
  // A formula in a cell stays text in Excel.
  return `"${(/^[=+\-@\t\r]/.test(text) && !/^-?\d/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
};

/** @param {string} name @param {string} type @param {string} content */
function hand(name, type, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Hand out everything this tablet holds of a sheet, as a table for people and as data. @param {import("./store.js").Store} store @param {Record<string, string>} words */
export async function exportRecord(store, words) {
  const { pad } = store;
  const { log, unsent } = await store.record();
  const stem = `${pad.contest_code}-${pad.judge_code}-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}`;
  const lines = [[words.csvContestant, words.csvAspect, words.csvMark, words.csvServer, words.csvState, words.csvReason]];
  for (const entry of pad.entries) {
    for (const aspect of pad.aspects) {
      const held = store.cell(entry.code, aspect.code);
      if (held.shown !== null || held.value !== null) lines.push([entry.code, aspect.title, held.shown ?? "", held.value ?? "", held.state, held.reason]);
    }
  }
  hand(`${stem}.csv`, "text/csv", `\ufeff${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`);
  hand(`${stem}.json`, "application/json", JSON.stringify({ sheet: pad.sheet_id, contest: pad.contest_code, judge: pad.judge_code, device: store.device, exported_at: new Date().toISOString(), unsent, log }, null, 1));
}
