// The inbox at a desk: j and k move, Enter opens the drawer, x selects; what is selected adds up in the bar.
import { signatures } from "../kit/signature.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-inbox]"));
const drawer = /** @type {HTMLDialogElement | null} */ (document.getElementById("item"));
const body = document.getElementById("item-body");
const rows = /** @type {HTMLTableRowElement[]} */ ([...document.querySelectorAll("tr[data-row]")]);
const isDesk = matchMedia("(min-width: 1024px)");
let at = -1;

/** @param {Element | undefined} row @returns {HTMLInputElement | null} */
const box = (row) => row?.querySelector("input[name=pick]") ?? null;

/** @param {number} to */
function move(to) {
  if (!rows.length) return;
  rows[at]?.classList.remove("at");
  at = Math.min(Math.max(to, 0), rows.length - 1);
  rows[at].classList.add("at");
  const link = /** @type {HTMLAnchorElement | null} */ (rows[at].querySelector("a[data-item]"));
  link?.focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
}

/** @param {string} url */
async function openItem(url) {
  if (!drawer || !body) return;
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    body.innerHTML = await answer.text();
    // What the kit and htmx do for a page, for what has just come in.
    signatures(body);
    /** @type {any} */ (window).htmx?.process(body);
    if (!drawer.open) drawer.showModal();
    // The facts are read first; who types writes their opinion.
    /** @type {HTMLElement | null} */ (body.querySelector("textarea") ?? body.querySelector(".button"))?.focus({ preventScroll: true });
    drawer.scrollTop = 0;
  } catch {
    location.assign(url);
  }
}

document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest("a[data-item]");
  const wantsTab = event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0;
  if (!(link instanceof HTMLAnchorElement) || wantsTab || !isDesk.matches) return;
  event.preventDefault();
  at = rows.findIndex((row) => row.contains(link));
  move(at);
  openItem(link.href);
});

document.addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  const writes = target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (writes || event.altKey || event.ctrlKey || event.metaKey || drawer?.open) return;
  if (event.key === "j") move(at + 1);
  else if (event.key === "k") move(at - 1);
  else if (event.key === "x" && box(rows[at])) box(rows[at])?.click();
  else return;
  event.preventDefault();
});

/** Show how many are selected and what their numbers add up to. */
function recount() {
  const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-picked]"));
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-bulk]"));
  const boxes = rows.map(box);
  const picked = boxes.filter((input) => input?.checked);
  for (const row of rows) row.setAttribute("aria-selected", String(Boolean(box(row)?.checked)));
  const all = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-pick-all]"));
  if (all) {
    all.checked = picked.length > 0 && picked.length === rows.length;
    all.indeterminate = picked.length > 0 && picked.length < rows.length;
  }
  if (button) button.disabled = picked.length === 0;
  if (!line) return;
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const input of picked) {
    for (const [label, value] of JSON.parse(input?.dataset.numbers ?? "[]")) sums.set(label, (sums.get(label) ?? 0) + value);
  }
  const totals = [...sums].map(([label, total]) => ` · ${label} ${total.toLocaleString()}`).join("");
  line.textContent = picked.length ? `${line.dataset.some} ${picked.length}${totals}` : String(line.dataset.none);
}

if (form) {
  form.addEventListener("change", (event) => {
    const target = /** @type {HTMLInputElement} */ (event.target);
    if (target.hasAttribute("data-pick-all")) {
      for (const row of rows) {
        const input = box(row);
        if (input) input.checked = target.checked;
      }
    }
    recount();
  });
  window.addEventListener("pageshow", recount);
  recount();
}

// Something new came while the list is looked at: say so, and leave the list as it is until the person wants it.
document.addEventListener("jinbang:more", (event) => {
  const more = /** @type {HTMLElement | null} */ (document.querySelector("[data-more]"));
  if (more && /** @type {CustomEvent} */ (event).detail.name === "inbox") more.hidden = false;
});
