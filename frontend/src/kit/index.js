// What every page does: one submit per press, dialogs, confirmations, toasts, filters that send themselves.
import { follow } from "./counters.js";
import { signatures } from "./signature.js";

/** @param {Element | null} element @param {string} selector @returns {HTMLElement | null} */
const closest = (element, selector) => /** @type {HTMLElement | null} */ (element?.closest(selector) ?? null);

/** Show a short message; errors stay until they are closed. @param {string} text @param {"success" | "error"} kind */
export function toast(text, kind = "success") {
  const box = document.getElementById("toasts");
  if (!box) return;
  const line = document.createElement("div");
  line.className = `toast ${kind}`;
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "×");
  line.append(close);
  box.append(line);
  if (kind !== "error") setTimeout(() => line.remove(), 6000);
}

/** @param {string} selector */
function open(selector) {
  const dialog = document.querySelector(selector);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const opener = closest(target, "[data-dialog]");
  if (opener) {
    event.preventDefault();
    open(String(opener.dataset.dialog));
  }
  if (closest(target, "[data-close]")) closest(target, "dialog") && /** @type {HTMLDialogElement} */ (closest(target, "dialog")).close();
  closest(target, "[data-dismiss]")?.closest(".toast")?.remove();
  if (target instanceof HTMLDialogElement && target.hasAttribute("data-light")) target.close();
  if (closest(target, "[data-print]")) window.print();
});

// What refreshes by itself keeps still while somebody works in it, and as long as something typed there is not sent.
/** @param {Element} box */
const isTouched = (box) =>
  [...box.querySelectorAll("input, textarea")].some((field) => /** @type {HTMLInputElement} */ (field).value !== /** @type {HTMLInputElement} */ (field).defaultValue);
document.addEventListener("htmx:beforeRequest", (event) => {
  const box = /** @type {HTMLElement} */ (event.target);
  if (box.hasAttribute("data-still") && (box.querySelector("details[open]") || box.contains(document.activeElement) || isTouched(box))) event.preventDefault();
});

// A press sends a form once, what cannot be undone after a question; the button wakes up again when the page comes back from the cache.
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const asked = /** @type {SubmitEvent} */ (event).submitter?.dataset.confirm;
  if (asked && !form.dataset.sent && !window.confirm(asked)) {
    event.preventDefault();
    return;
  }
  if (form.method === "dialog" || form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = /** @type {SubmitEvent} */ (event).submitter;
  button?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
});

document.addEventListener("change", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.hasAttribute("data-submit")) /** @type {HTMLInputElement} */ (target).form?.requestSubmit();
});

// Answers that are no page: the server's own words, or that it cannot be reached.
const words = JSON.parse(document.getElementById("kit-words")?.textContent ?? "{}");
document.addEventListener("htmx:responseError", (event) => {
  const request = /** @type {CustomEvent} */ (event).detail.xhr;
  toast(request.status === 403 ? words.forbidden : request.status === 404 ? words.gone : words.failed, "error");
});
document.addEventListener("htmx:sendError", () => toast(words.offline, "error"));
document.addEventListener("htmx:afterSwap", (event) => {
  const target = /** @type {CustomEvent} */ (event).detail.target;
  const dialog = closest(target, "dialog");
  if (dialog instanceof HTMLDialogElement && !dialog.open && target.childElementCount) dialog.showModal();
});
for (const line of document.querySelectorAll(".toast.success")) setTimeout(() => line.remove(), 6000);

// A page that waits for somebody else looks again by itself.
const waiting = /** @type {HTMLElement | null} */ (document.querySelector("[data-reload]"));
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.reload));

// Rows of a formset: one more from the template; the sum of full marks beside it.
for (const form of document.querySelectorAll("[data-rows]")) {
  const total = /** @type {HTMLInputElement} */ (form.querySelector("input[name$='-TOTAL_FORMS']"));
  const empty = /** @type {HTMLTemplateElement} */ (form.querySelector("template[data-empty-row]"));
  const sum = /** @type {HTMLElement | null} */ (form.querySelector("[data-sum]"));
  const add = form.querySelector("[data-add-row]");
  const recount = () => {
    if (!sum) return;
    const values = [...form.querySelectorAll("input[name$='-maximum']")].map((input) => Number(/** @type {HTMLInputElement} */ (input).value) || 0);
    sum.textContent = `${sum.dataset.sumLabel} ${Math.round(values.reduce((a, b) => a + b, 0) * 1000) / 1000}`;
  };
  add?.addEventListener("click", () => {
    const holder = document.createElement("div");
    holder.innerHTML = empty.innerHTML.replaceAll("__prefix__", total.value);
    const row = /** @type {HTMLElement} */ (holder.firstElementChild);
    empty.before(row);
    total.value = String(Number(total.value) + 1);
    /** @type {any} */ (window).htmx?.process(row);
    row.dispatchEvent(new CustomEvent("jinbang:row", { bubbles: true }));
    row.querySelector("input")?.focus();
    recount();
  });
  form.addEventListener("input", recount);
  recount();
}

signatures(document);
follow();
