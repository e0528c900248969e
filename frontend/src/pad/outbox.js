// Operations wait here until the server has answered them. They survive a reload of the page on this tablet.

/** @typedef {{op_id: string, entry: string, aspect: string, value: string | null, base_version: number, device: string, at: string}} Op */

const MOST = 50;

/** A random UUID; plain http has no crypto.randomUUID. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export class Outbox {
  /** @param {number} sheet @param {(answers: any, sent: Op[]) => void} answered @param {(status: "ok" | "offline" | "expired") => void} told */
  constructor(sheet, answered, told) {
    this.address = `/api/v1/contests/sheets/${sheet}/ops`;
    this.key = `jinbang-outbox-${sheet}`;
    this.answered = answered;
    this.told = told;
    /** @type {Op[]} */
    this.ops = JSON.parse(localStorage.getItem(this.key) ?? "[]");
    this.failures = 0;
    this.busy = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Whether an operation for this cell waits. @param {string} entry @param {string} aspect */
  has(entry, aspect) {
    return this.ops.some((op) => op.entry === entry && op.aspect === aspect);
  }

  /** @param {Op} op */
  put(op) {
    this.ops.push(op);
    this.keep();
    this.flush();
  }

  keep() {
    localStorage.setItem(this.key, JSON.stringify(this.ops));
  }

  /** Send what waits, at most one operation a cell at a time: the next needs the version the answer brings. */
  async flush() {
    clearTimeout(this.timer);
    if (this.busy || !this.ops.length) return;
    this.busy = true;
    const cells = new Set();
    const batch = this.ops.filter((op) => !cells.has(`${op.entry}\n${op.aspect}`) && cells.add(`${op.entry}\n${op.aspect}`)).slice(0, MOST);
    try {
      const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
      const answer = await fetch(this.address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ ops: batch }),
      });
      if (answer.status === 401 || answer.status === 403) {
        this.told("expired");
        throw new Error("signed out");
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      const done = new Set(batch.map((op) => op.op_id));
      this.ops = this.ops.filter((op) => !done.has(op.op_id));
      this.failures = 0;
      this.told("ok");
      this.answered(body, batch);
      this.keep();
    } catch (error) {
      this.failures += 1;
      if (!(error instanceof Error && error.message === "signed out")) this.told("offline");
    }
    this.busy = false;
    if (this.ops.length) {
      const wait = this.failures ? Math.min(30_000, 1000 * 2 ** (this.failures - 1)) * (0.7 + Math.random() * 0.6) : 0;
      this.timer = setTimeout(() => this.flush(), wait);
    }
  }
}
