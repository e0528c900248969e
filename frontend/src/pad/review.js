// Review before signing: blanks and unusual marks first, then the server's digest of exactly these marks, then the hand.
import { html, nothing } from "lit";
import { signatures } from "../kit/signature.js";
import { same } from "./decimal.js";
import { unusual } from "./figures.js";
import { say } from "./pad.js";
import { call } from "./sync.js";

/** @param {import("./pad.js").Pad} pad */
export function review(pad) {
  const { s, w, reviewing } = pad;
  const blanks = pad.entries.flatMap((entry) => pad.due(entry).filter((aspect) => s.cell(entry.code, aspect.code).shown === null).map((aspect) => ({ entry, aspect })));
  const open = s.unsent > 0 || [...s.cells.values()].some((cell) => s.isOpen(cell) || cell.state === "writing" || cell.draft !== null);
  const odd = unusual(s);
  const isReady = !s.locked && !blanks.length && !open;
  const close = () => ((pad.reviewing = null), pad.requestUpdate());
  return html`<dialog class="sheet pad-review" data-sign @close=${close}>
    <div class="stack">
      ${reviewing.message ? html`<p class="note ${reviewing.step === "signed" ? "ok" : "error"}">${reviewing.message}</p>` : nothing}
      ${open ? html`<p class="note warn">${w.unsent}</p>` : nothing}
      <h2>${blanks.length ? say(w.missing, { n: blanks.length }) : w.complete}</h2>
      <div class="pad-jumps">${blanks.slice(0, 24).map(({ entry, aspect }) => jump(pad, entry, aspect, `${entry.start_order || entry.code} ${entry.name} · ${aspect.title}`))}</div>
      ${odd.length ? html`<p class="strong">${w.unusual}</p><div class="pad-jumps">${odd.slice(0, 12).map((row) => {
        const entry = /** @type {any} */ (pad.entries.find((one) => one.code === row.entry));
        const aspect = s.pad.aspects.find((/** @type {any} */ one) => one.code === row.aspect);
        return jump(pad, entry, aspect, `${entry.start_order || entry.code} · ${aspect.title}: ${row.value} (${say(w.usual, { value: row.usual })})`);
      })}</div>` : nothing}
      ${isReady && reviewing.step !== "signed" ? hand(pad) : nothing}
    </div>
    <div class="row">
      ${reviewing.step === "signed" ? nothing : html`<button class="button primary" type="button" data-sign-off ?disabled=${!isReady || reviewing.isBusy} @click=${() => sign(pad)}>${w.sign}</button>`}
      <button class="button" type="button" data-close @click=${close}>${reviewing.step === "signed" ? w.close : w.goOn}</button>
    </div></dialog>`;
}

/** @param {import("./pad.js").Pad} pad @param {import("./pad.js").Entry} entry @param {any} aspect @param {string} text */
function jump(pad, entry, aspect, text) {
  return html`<button class="button small" type="button" @click=${() => {
    pad.reviewing = null;
    pad.go(pad.entries.indexOf(entry), aspect.code);
  }}>${text}</button>`;
}

/** @param {import("./pad.js").Pad} pad */
function hand(pad) {
  setTimeout(() => signatures(pad));
  return html`<div class="field" data-signature><span class="strong">${pad.w.signHere}</span>
    <canvas class="signature" width="900" height="260" aria-label=${pad.w.signHere}></canvas><input type="hidden" data-signature-value>
    <div class="row"><button class="button small" type="button" data-signature-clear>${pad.w.clear}</button>
    <label class="row grow"><span class="small">${pad.w.typeName}</span><input class="input" data-signature-name maxlength="40" autocomplete="off"></label></div></div>`;
}

/** A typed name for who cannot draw, as a picture like any other signature. @param {string} name */
function written(name) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 260 });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.font = "96px serif";
  pen.textBaseline = "middle";
  pen.fillText(name, 24, 130, 850);
  return canvas.toDataURL("image/png");
}

/** Sign what the server holds, if it is what this tablet shows. @param {import("./pad.js").Pad} pad */
async function sign(pad) {
  const { s, w } = pad;
  const drawn = /** @type {HTMLInputElement} */ (pad.querySelector("[data-signature-value]")).value;
  const name = /** @type {HTMLInputElement} */ (pad.querySelector("[data-signature-name]")).value.trim();
  const end = (/** @type {string} */ message, step = "check") => {
    pad.reviewing = { step, message, isBusy: false };
    pad.requestUpdate();
  };
  if (!drawn && !name) return end(w.signFirst);
  pad.reviewing = { ...pad.reviewing, isBusy: true, message: "" };
  pad.requestUpdate();
  try {
    const base = `/api/v1/contests/sheets/${s.sheet}`;
    const held = await call(base);
    if (!held.ok) return end(held.body.message);
    const marks = new Map(held.body.marks.map((/** @type {any} */ mark) => [`${mark.entry}\n${mark.aspect}`, mark.value]));
    const differs = pad.entries.some((entry) => pad.due(entry).some((aspect) => !same(s.cell(entry.code, aspect.code).shown, marks.get(`${entry.code}\n${aspect.code}`) ?? null)));
    if (differs) {
      await s.merge(held.body);
      return end(w.differs);
    }
    const answer = await call(`${base}/sign-off`, { version: held.body.version, digest: held.body.digest, signature: drawn || written(name) });
    if (!answer.ok) return end(answer.body.message);
    s.state = answer.body.state;
    Object.assign(s.pad, { signed_at: answer.body.signed_at, reopened: "", round: answer.body.round });
    s.changed();
    return end(`${w.signed} ${w.digest} ${answer.body.digest.slice(0, 16)}`, "signed");
  } catch {
    return end(say(w.offline, { n: s.unsent }));
  }
}
