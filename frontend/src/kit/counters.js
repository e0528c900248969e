// The counts in the frame follow what the server says, as long as the page is looked at.

const RETRY_SECONDS = [2, 5, 15, 30];

/** @param {Record<string, number>} counts */
function show(counts) {
  for (const badge of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-count]"))) {
    const count = counts[String(badge.dataset.count)];
    if (count === undefined) continue;
    const number = badge.querySelector("[data-number]");
    const before = Number(number?.textContent);
    if (number) number.textContent = String(count);
    badge.hidden = count === 0;
    if (count > before) document.dispatchEvent(new CustomEvent("jinbang:more", { detail: { name: badge.dataset.count, count } }));
  }
}

/** Listen while the page is shown; a page in the background costs the server nothing. */
export function follow() {
  if (!document.querySelector("[data-count]")) return;
  let tries = 0;
  /** @type {WebSocket | null} */
  let socket = null;
  const connect = () => {
    if (document.hidden || socket) return;
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/counters/`);
    socket.addEventListener("message", (event) => {
      tries = 0;
      const frame = JSON.parse(String(event.data));
      if (frame.type === "counts") show(frame.counts);
    });
    socket.addEventListener("close", (event) => {
      socket = null;
      if (event.code === 4401) return;
      setTimeout(connect, 1000 * RETRY_SECONDS[Math.min(tries++, RETRY_SECONDS.length - 1)]);
    });
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) socket?.close();
    else connect();
  });
  connect();
}
