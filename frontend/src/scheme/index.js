// The marking-scheme editor: groups and aspects that sum live; buttons and keys beside dragging; nothing stored until saved.
import { LitElement, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { ZERO, percent, plus, points, read, shown } from "./sums.js";

const COMBINES = ["mean", "trimmed-mean", "median", "sum", "worldskills"];
/** @param {string} id */
const json = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
/** @param {string} text @param {Record<string, string | number>} values */
const say = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));

class Scheme extends LitElement {
  constructor() {
    super();
    this.w = json("scheme-words");
    this.data = json("scheme-data");
    this.data.guides ??= {};
    this.wrong = new Set((json("scheme-faults") ?? []).map((/** @type {string[]} */ fault) => fault[0]));
    this.isReadonly = this.hasAttribute("data-readonly");
    /** @type {{aspect: any, index: number} | null} */
    this.undo = null;
    this.dragged = "";
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.closest("form")?.addEventListener("submit", () => {
      /** @type {HTMLInputElement} */ (this.closest("form")?.querySelector("[name=data]")).value = JSON.stringify(this.data);
    });
  }

  changed() {
    this.requestUpdate();
  }

  /** @param {any} row @param {string} name @param {unknown} value */
  set(row, name, value) {
    row[name] = value;
    if (name === "combine" && value === "trimmed-mean" && !row.trim) Object.assign(row, { trim: 1, trim_from: 5 });
    if (name === "combine" && value === "worldskills") Object.assign(row, { kind: "judgement" });
    if (name === "kind" && value === "measurement" && row.combine !== "sum") row.combine = "mean";
    this.changed();
  }

  /** The next free code of its kind. @param {string} stem @param {any[]} rows */
  code(stem, rows) {
    const taken = new Set(rows.map((row) => row.code));
    let number = rows.length + 1;
    while (taken.has(`${stem}-${number}`)) number += 1;
    return `${stem}-${number}`;
  }

  addGroup() {
    const code = this.code("group", this.data.group);
    this.data.group.push({ code, title: "", weight: "1" });
    this.add(code);
  }

  /** @param {string} group */
  add(group) {
    const last = this.data.aspect.findLast((/** @type {any} */ row) => row.group === group) ?? this.data.aspect.at(-1);
    const fresh = { kind: "judgement", min: "0", max: "10", step: "0.5", combine: "mean", factor: "1", trim: 0, trim_from: 0, zero_is_missing: false, round: ["combined", "factor"], ...last, title: "", group, code: this.code("aspect", this.data.aspect) };
    const at = last && last.group === group ? this.data.aspect.indexOf(last) + 1 : this.data.aspect.length;
    this.data.aspect.splice(at, 0, fresh);
    this.changed();
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector(`[data-code="${fresh.code}"] input`))?.focus());
  }

  /** @param {any} aspect */
  copy(aspect) {
    const twin = { ...structuredClone(aspect), code: this.code("aspect", this.data.aspect) };
    this.data.aspect.splice(this.data.aspect.indexOf(aspect) + 1, 0, twin);
    this.changed();
  }

  /** @param {any} aspect */
  take(aspect) {
    this.undo = { aspect, index: this.data.aspect.indexOf(aspect) };
    this.data.aspect.splice(this.undo.index, 1);
    this.changed();
  }

  /** One place up or down, into the neighbouring group at its edge. @param {any} aspect @param {1 | -1} by */
  move(aspect, by) {
    const rows = this.data.aspect;
    const groups = this.data.group.map((/** @type {any} */ group) => group.code);
    const own = rows.filter((/** @type {any} */ row) => row.group === aspect.group);
    const place = own.indexOf(aspect) + by;
    if (place >= 0 && place < own.length) {
      const other = own[place];
      const [a, b] = [rows.indexOf(aspect), rows.indexOf(other)];
      [rows[a], rows[b]] = [other, aspect];
    } else {
      const next = groups[groups.indexOf(aspect.group) + by];
      if (!next) return;
      aspect.group = next;
      rows.splice(rows.indexOf(aspect), 1);
      const there = rows.filter((/** @type {any} */ row) => row.group === next);
      const anchor = by > 0 ? there[0] : there.at(-1);
      rows.splice(anchor ? rows.indexOf(anchor) + (by > 0 ? 0 : 1) : rows.length, 0, aspect);
    }
    this.changed();
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector(`[data-code="${aspect.code}"] [data-move="${by}"]`))?.focus());
  }

  /** Dropped before another aspect, or at the end of a group. @param {any} target @param {string} group */
  drop(target, group) {
    const moved = this.data.aspect.find((/** @type {any} */ row) => row.code === this.dragged);
    if (!moved || moved === target) return;
    this.data.aspect.splice(this.data.aspect.indexOf(moved), 1);
    moved.group = group;
    this.data.aspect.splice(target ? this.data.aspect.indexOf(target) : this.data.aspect.length, 0, moved);
    this.changed();
  }

  get total() {
    return this.data.aspect.reduce((/** @type {any} */ sum, /** @type {any} */ row) => plus(sum, points(row, this.groupOf(row))), ZERO);
  }

  /** @param {any} aspect */
  groupOf(aspect) {
    return this.data.group.find((/** @type {any} */ group) => group.code === aspect.group);
  }

  render() {
    const { w, data } = this;
    const total = this.total;
    const isHundred = shown(total) === "100";
    return html`<fieldset class="scheme stack" ?disabled=${this.isReadonly}>
      ${this.undo ? html`<p class="note row"><span class="grow">${say(w.removed, { title: this.undo.aspect.title })}</span><button class="button small" type="button" @click=${() => this.restore()}>${w.undo}</button></p>` : nothing}
      ${repeat(data.group, (/** @type {any} */ group) => group.code, (/** @type {any} */ group, index) => this.group(group, index, total))}
      <div class="row between"><button class="button small" type="button" @click=${() => this.addGroup()}>+ ${w.addGroup}</button>
        <p class="scheme-total ${isHundred ? "" : "off"}" role="status">${say(w.total, { n: shown(total) })}${isHundred ? " ✓" : ` (${w.notHundred})`}</p></div>
      ${this.whole()}</fieldset>`;
  }

  restore() {
    if (this.undo) this.data.aspect.splice(this.undo.index, 0, this.undo.aspect);
    this.undo = null;
    this.changed();
  }

  /** @param {any} group @param {number} index @param {import("./sums.js").Fraction} total */
  group(group, index, total) {
    const { w } = this;
    const rows = this.data.aspect.filter((/** @type {any} */ row) => row.group === group.code);
    const sum = rows.reduce((/** @type {any} */ all, /** @type {any} */ row) => plus(all, points(row, group)), ZERO);
    return html`<section class="card scheme-group" @dragover=${(/** @type {Event} */ event) => event.preventDefault()} @drop=${() => this.drop(null, group.code)}>
      <div class="scheme-head">${this.text(group, "title", w.group, `group.${index}.title`)}${this.number(group, "weight", w.weight, `group.${index}.weight`)}
        <p class="scheme-sum">${say(w.points, { n: shown(sum) })}<span class="muted small">${say(w.share, { n: percent(sum, total) })}</span></p>
        ${rows.length ? nothing : html`<button class="button small" type="button" @click=${() => { this.data.group.splice(index, 1); this.changed(); }}>${w.remove}</button>`}</div>
      <meter class="scheme-meter" min="0" max="100" value=${Number(percent(sum, total))} aria-label=${say(w.share, { n: percent(sum, total) })}></meter>
      ${repeat(rows, (/** @type {any} */ row) => row.code, (/** @type {any} */ row) => this.aspect(row, group, total))}
      <button class="button small" type="button" @click=${() => this.add(group.code)}>+ ${w.addAspect}</button></section>`;
  }

  /** @param {any} aspect @param {any} group @param {import("./sums.js").Fraction} total */
  aspect(aspect, group, total) {
    const { w } = this;
    const path = `aspect.${this.data.aspect.indexOf(aspect)}`;
    const own = points(aspect, group);
    const isWorldskills = aspect.combine === "worldskills";
    return html`<article class="scheme-aspect" data-code=${aspect.code} draggable="true" @dragstart=${() => (this.dragged = aspect.code)}
        @drop=${(/** @type {Event} */ event) => (event.stopPropagation(), this.drop(aspect, group.code))}>
      <div class="scheme-row">${this.text(aspect, "title", w.title, `${path}.title`)}${this.choice(aspect, "kind", w.kind, ["judgement", "measurement"], `${path}.kind`)}
        ${this.choice(aspect, "combine", w.combine, COMBINES, `${path}.combine`)}${this.number(aspect, "max", w.max, `${path}.max`)}
        ${isWorldskills ? nothing : this.number(aspect, "step", w.step, `${path}.step`)}${this.number(aspect, "factor", w.factor, `${path}.factor`)}
        <p class="scheme-sum">${say(w.points, { n: shown(own) })}<span class="muted small">${percent(own, total)} %</span></p></div>
      <details ?open=${[...this.wrong].some((where) => where.startsWith(`${path}.`))}><summary>${w.more}</summary><div class="scheme-row">
        ${isWorldskills ? nothing : this.number(aspect, "min", w.min, `${path}.min`)}
        ${aspect.combine === "trimmed-mean" ? html`${this.whole_number(aspect, "trim", w.trim, `${path}.trim`)}${this.whole_number(aspect, "trim_from", w.trimFrom, `${path}.trim_from`)}` : nothing}
        ${this.tick(aspect.zero_is_missing, w.zeroIsMissing, (on) => this.set(aspect, "zero_is_missing", on))}
        ${[["combined", w.roundCombined], ["factor", w.roundFactor]].map(([name, label]) => this.tick(aspect.round.includes(name), label, (on) => this.set(aspect, "round", ["combined", "factor"].filter((one) => (one === name ? on : aspect.round.includes(one))))))}</div>
        ${aspect.kind === "judgement" ? this.levels(aspect) : nothing}
        <div class="row">${[["↑", -1, w.up], ["↓", 1, w.down]].map(([sign, by, label]) => html`<button class="button small" type="button" data-move=${by} aria-label=${`${label}: ${aspect.title}`} @click=${() => this.move(aspect, /** @type {1 | -1} */ (by))}>${sign} ${label}</button>`)}
          <button class="button small" type="button" @click=${() => this.copy(aspect)}>${w.copy}</button><button class="button small" type="button" @click=${() => this.take(aspect)}>${w.remove}</button></div></details></article>`;
  }

  /** @param {any} aspect */
  levels(aspect) {
    const guide = (this.data.guides[aspect.code] ??= {});
    const levels = (guide.levels ??= ["", "", "", ""]);
    return html`<p class="strong small">${this.w.levels}</p><div class="scheme-row">${[0, 1, 2, 3].map(
      (level) => html`<label class="field"><span>${say(this.w.level, { n: level })}</span><textarea class="input" rows="2" maxlength="300" .value=${levels[level] ?? ""} @input=${(/** @type {any} */ event) => (levels[level] = event.target.value)}></textarea></label>`,
    )}</div>`;
  }

  whole() {
    const { w, data } = this;
    const names = new Map([["total", w.criterionTotal], ...data.group.map((/** @type {any} */ row) => [`group:${row.code}`, row.title]), ...data.aspect.map((/** @type {any} */ row) => [`aspect:${row.code}`, row.title])]);
    const order = data.ranking.order;
    const left = [...names].filter(([code]) => !order.includes(code));
    return html`<section class="card stack-small"><h2>${w.whole}</h2><div class="scheme-row">${this.whole_number(data.contest, "places", w.places, "contest.places")}
        ${this.choice(data.contest, "rounding", w.rounding, ["half-up", "half-even", "truncate"], "contest.rounding")}
        <label class="field"><span>${w.scale}</span><select class="input" @change=${(/** @type {any} */ event) => this.set(data.contest, "scale", event.target.value)}>${["points", "standardised"].map((scale) => html`<option value=${scale} ?selected=${data.contest.scale === scale}>${scale === "points" ? w.scalePoints : w.scaleStandardised}</option>`)}</select></label></div>
      <p class="strong">${w.ranking}</p><ol class="stack-small">${order.map(
        (/** @type {string} */ code, /** @type {number} */ place) => html`<li class="row"><span class="grow">${names.get(code) || code}</span>${this.tick(data.ranking.ascending.includes(code), w.lowerWins, (on) => this.set(data.ranking, "ascending", order.filter((/** @type {string} */ one) => (one === code ? on : data.ranking.ascending.includes(one)))))}
          <button class="button small" type="button" aria-label=${w.up} ?disabled=${place === 0} @click=${() => { order.splice(place - 1, 2, order[place], order[place - 1]); this.changed(); }}>↑</button>
          <button class="button small" type="button" aria-label=${w.remove} ?disabled=${order.length === 1} @click=${() => { order.splice(place, 1); this.set(data.ranking, "ascending", data.ranking.ascending.filter((/** @type {string} */ one) => order.includes(one))); }}>×</button></li>`,
      )}</ol>${left.length ? html`<label class="field"><span>${w.addCriterion}</span><select class="input" .value=${""} @change=${(/** @type {any} */ event) => { if (event.target.value) order.push(event.target.value); event.target.value = ""; this.changed(); }}><option value=""></option>${left.map(([code, title]) => html`<option value=${code}>${title || code}</option>`)}</select></label>` : nothing}</section>`;
  }

  /** @param {any} row @param {string} name @param {string} label @param {string} where */
  text(row, name, label, where) {
    return this.field(label, where, html`<input class="input" maxlength="200" .value=${row[name] ?? ""} aria-invalid=${String(this.wrong.has(where))} @input=${(/** @type {any} */ event) => this.set(row, name, event.target.value)}>`);
  }

  /** A decimal stays text: never a binary float. @param {any} row @param {string} name @param {string} label @param {string} where */
  number(row, name, label, where) {
    const isWrong = this.wrong.has(where) || read(row[name]) === null;
    return this.field(label, where, html`<input class="input scheme-number" inputmode="decimal" autocomplete="off" .value=${row[name] ?? ""} aria-invalid=${String(isWrong)} @input=${(/** @type {any} */ event) => this.set(row, name, event.target.value.normalize("NFKC").trim())}>`);
  }

  /** @param {any} row @param {string} name @param {string} label @param {string} where */
  whole_number(row, name, label, where) {
    return this.field(label, where, html`<input class="input scheme-number" type="number" min="0" max="50" .value=${String(row[name] ?? 0)} aria-invalid=${String(this.wrong.has(where))} @input=${(/** @type {any} */ event) => this.set(row, name, event.target.valueAsNumber | 0)}>`);
  }

  /** @param {any} row @param {string} name @param {string} label @param {string[]} options @param {string} where */
  choice(row, name, label, options, where) {
    return this.field(label, where, html`<select class="input" aria-invalid=${String(this.wrong.has(where))} @change=${(/** @type {any} */ event) => this.set(row, name, event.target.value)}>${options.map((option) => html`<option value=${option} ?selected=${row[name] === option}>${this.w[option]}</option>`)}</select>`);
  }

  /** @param {boolean} isOn @param {string} label @param {(on: boolean) => void} act */
  tick(isOn, label, act) {
    return html`<label class="row scheme-tick"><input type="checkbox" .checked=${isOn} @change=${(/** @type {any} */ event) => act(event.target.checked)}><span>${label}</span></label>`;
  }

  /** @param {string} label @param {string} where @param {unknown} control */
  field(label, where, control) {
    return html`<label class="field"><span>${label}${this.wrong.has(where) ? html` <b class="wrong-icon">! ${this.w.here}</b>` : nothing}</span>${control}</label>`;
  }
}
customElements.define("jb-scheme", Scheme);
