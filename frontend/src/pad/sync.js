// Between tablet and server: send what waits, say that we are here, learn what changed elsewhere.

const SLOWEST = 30_000;
const PRESENCE = 15_000;
const IMPATIENT = 3_000;

/** @typedef {"ok" | "offline" | "expired" | "foreign"} Net */

class SignedOut extends Error {}
class Foreign extends Error {}

const token = () => document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";

/** @param {string} address @param {object} [body] */
export async function call(address, body) {
  /** @type {RequestInit} */
  const options = body
    ? { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body: JSON.stringify(body) }
    : { headers: { Accept: "application/json" } };
  const answer = await fetch(address, { ...options, credentials: "same-origin", cache: "no-store" });
  if (answer.status === 401) throw new SignedOut();
  if (answer.status === 403) throw (await answer.json().catch(() => ({}))).code === "forbidden" ? new Foreign() : new SignedOut();
  if (answer.status === 404) throw new Foreign();
  if (!answer.ok && answer.status >= 500) throw new Error(String(answer.status));
  return { ok: answer.ok, status: answer.status, body: await answer.json() };
}

export class Sync {
  /** @param {import("./store.js").Store} store @param {(net: Net) => void} told */
  constructor(store, told) {
    this.store = store;
    this.told = told;
    this.base = `/api/v1/contests/sheets/${store.sheet}`;
    this.failures = 0;
    this.busy = false;
    this.reported = 0;
    /** @type {Promise<any>} */
    this.reporting = Promise.resolve();
    /** @type {Net} */
    this.net = "ok";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    store.addEventListener("wake", () => this.flush());
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => document.hidden || this.flush());
  }

  begin() {
    this.flush();
    setTimeout(() => this.present(), 500);
  }

  /** @param {Net} net */
  tell(net) {
    this.net = net;
    this.told(net);
  }

  /** @param {unknown} error */
  failed(error) {
    this.tell(error instanceof SignedOut ? "expired" : error instanceof Foreign ? "foreign" : "offline");
  }

  /** Send until nothing waits; after a failure wait 1 → 30 s, with jitter so that sixty tablets do not come at once. */
  async flush() {
    clearTimeout(this.timer);
    if (this.busy) return;
    this.busy = true;
    try {
      const alone = /** @type {any} */ (navigator).locks;
      if (alone) await alone.request(`jinbang-send-${this.store.sheet}`, () => this.send());
      else await this.send();
      this.failures = 0;
      // What was said to wait here has arrived: nobody is to wait for the next presence to hear it.
      if (this.reported && !this.store.unsent) await this.report();
    } catch (error) {
      this.failures += 1;
      this.failed(error);
      const wait = Math.min(SLOWEST, 1000 * 2 ** (this.failures - 1));
      this.timer = setTimeout(() => this.flush(), wait * (0.7 + Math.random() * 0.6));
    }
    this.busy = false;
    if (!this.failures && this.store.unsent) this.timer = setTimeout(() => this.flush(), 0);
  }

  async send() {
    for (let ops = await this.store.waiting(); ops.length; ops = await this.store.waiting()) {
      const sent = ops.map(({ op_id, entry, aspect, value, base_version, device, at }) => ({ op_id, entry, aspect, value, base_version, device, at }));
      const answer = await call(`${this.base}/ops`, { ops: sent });
      if (!answer.ok) throw new Error(String(answer.status));
      await this.store.answered(ops, answer.body);
      this.tell("ok");
    }
  }

  /** Say that this tablet is here and how many marks wait on it; one report at a time, so that the newest is the last. @returns {Promise<any>} */
  report() {
    const told = async () => {
      const { device, unsent } = this.store;
      this.reported = Math.max(this.reported, unsent);
      const answer = await call(`${this.base}/presence`, { device, unsent });
      if (answer.ok) this.reported = unsent;
      return answer;
    };
    this.reporting = this.reporting.then(told, told);
    return this.reporting;
  }

  /** Say that this tablet is here; hear what was shown, and whether another tablet marked meanwhile. */
  async present() {
    const { store } = this;
    let next = store.pad.aspects.some((/** @type {any} */ aspect) => aspect.is_committed) ? IMPATIENT : PRESENCE;
    if (!document.hidden) {
      try {
        const { ok, body } = await this.report();
        if (ok) {
          if (this.net !== "ok") this.tell("ok");
          // What was shown and the marks it opens or clears are taken over together: a tap in between would build on marks of the turn before.
          const isShownAnew = JSON.stringify(body.shown) !== JSON.stringify(store.pad.shown);
          if (isShownAnew || body.state !== store.state || (body.version !== store.version && !store.unsent)) await this.refresh();
          else if (JSON.stringify(body.round) !== JSON.stringify(store.pad.round)) {
            store.pad.round = body.round;
            store.changed();
          }
          if (store.unsent) this.flush();
        }
      } catch (error) {
        this.failed(error);
        next = PRESENCE;
      }
    }
    setTimeout(() => this.present(), next * (0.8 + Math.random() * 0.4));
  }

  /** Read the whole sheet again. @returns {Promise<any>} */
  async refresh() {
    const { ok, body } = await call(this.base);
    if (ok) await this.store.merge(body);
    return body;
  }
}
