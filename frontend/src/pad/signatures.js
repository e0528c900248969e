// Where the signatures stand: this sheet's, the panel's, the round's; and why a sheet is open again.
import { html, nothing } from "lit";
import { say } from "./pad.js";

const TAGS = /** @type {Record<string, string>} */ ({ running: "live", signed: "ok", refused: "error", void: "warn" });

/** @param {import("./pad.js").Pad} pad */
export function signatures(pad) {
  const { s, w } = pad;
  if (!s.locked) return s.pad.reopened ? html`<p class="note warn" data-reopened>${say(w.reopened, { reason: s.pad.reopened })}</p>` : nothing;
  const { round } = s.pad;
  return html`<section class="note ${round?.link ? "warn" : ""}" data-signatures><div class="grow stack-small">
    <p class="strong">${own(pad)}</p>
    ${round ? (round.state ? ofRound(pad, round) : html`<p>${say(w.sheetsSigned, { n: round.signed_sheets, total: round.sheets })}</p>`) : nothing}
  </div></section>`;
}

/** @param {import("./pad.js").Pad} pad */
function own(pad) {
  const { s, w } = pad;
  if (s.state !== "signed") return w.closedUnsigned;
  const at = s.pad.signed_at ? new Date(s.pad.signed_at).toLocaleString(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short" }) : "";
  return at ? say(w.signedAt, { at }) : w.locked;
}

/** @param {import("./pad.js").Pad} pad @param {any} round */
function ofRound(pad, round) {
  const { w } = pad;
  const names = (/** @type {string[]} */ people) => people.join("、");
  const told = /** @type {Record<string, string>} */ ({ running: round.link ? w.yourTurn : "", signed: w.roundSigned, refused: say(w.roundRefused, round), void: say(w.roundVoid, round) })[round.state];
  return html`<p class="row"><span>${w.round}</span><span class="tag ${TAGS[round.state]}" data-round=${round.state}>${w[`round-${round.state}`]}</span></p>
    ${round.signed.length && round.state !== "void" ? html`<p class="small">✓ ${say(w.signedNames, { names: names(round.signed) })}</p>` : nothing}
    ${round.asked.length ? html`<p class="small">… ${say(w.askedNames, { names: names(round.asked) })}</p>` : nothing}
    ${told ? html`<p>${told}</p>` : nothing}
    ${round.link ? html`<p><a class="button primary" data-sign-round href=${round.link}>${w.signRound}</a></p>` : nothing}`;
}
