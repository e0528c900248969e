// Make this page open without the server: the service worker keeps it and the files it was made of.

/** Where keeping stands: kept · busy · insecure (plain http has no service worker) · failed. @typedef {"kept" | "busy" | "insecure" | "failed"} Kept */

/** @param {(kept: Kept) => void} told */
export async function keepOffline(told) {
  if (!("serviceWorker" in navigator)) {
    told("insecure");
    return;
  }
  told("busy");
  try {
    await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    const { active } = await navigator.serviceWorker.ready;
    const files = new Set(performance.getEntriesByType("resource").map((entry) => entry.name));
    for (const node of document.querySelectorAll("link[href], script[src]")) files.add(/** @type {any} */ (node).href || /** @type {any} */ (node).src);
    const own = [...files].filter((address) => address.startsWith(`${location.origin}/static/`));
    const channel = new MessageChannel();
    channel.port1.onmessage = (event) => told(event.data.kept ? "kept" : "failed");
    const pages = [location.href.split("#")[0], `${location.origin}/contests/sheets/`];
    active?.postMessage({ type: "keep", pages, files: own }, [channel.port2]);
  } catch {
    told("failed");
  }
}
