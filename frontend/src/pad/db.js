// What a tablet holds of its sheets: the marks as shown, what waits to be sent, and a record of everything.
import { openDB } from "idb";

/** @typedef {{op_id: string, entry: string, aspect: string, value: string | null, base_version: number, device: string, at: string}} Op */
/** @typedef {{value: string | null, version: number, shown: string | null, state: string, reason: string, server: string | null, draft: string | null}} Cell */

/** One database for all sheets of this tablet. */
export function open() {
  return openDB("jinbang-pad", 1, {
    upgrade(db) {
      db.createObjectStore("cells", { keyPath: ["sheet", "entry", "aspect"] }).createIndex("sheet", "sheet");
      for (const name of ["ops", "log"]) db.createObjectStore(name, { keyPath: "seq", autoIncrement: true }).createIndex("sheet", "sheet");
      db.createObjectStore("sheets", { keyPath: "sheet_id" });
    },
  });
}

/** A random UUID; plain http has no crypto.randomUUID. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** This tablet's name for itself. */
export function device() {
  return (localStorage.jinbangDevice ??= uuid());
}

/** @returns {Cell} */
export const blank = () => ({ value: null, version: 0, shown: null, state: "", reason: "", server: null, draft: null });
