// The judge's pad: boots the sheet this page carries.
import { keepOffline } from "./offline.js";
import { Store } from "./store.js";
import { Sync } from "./sync.js";
import "./pad.js";

const data = JSON.parse(document.getElementById("pad")?.textContent ?? "{}");
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const element = /** @type {import("./pad.js").Pad} */ (document.querySelector("jb-pad"));
const store = new Store(data);
const sync = new Sync(store, (net) => element.tell(net));
element.open(store, sync, words);
store
  .begin()
  .then(() => {
    element.ready();
    sync.begin();
    keepOffline((kept) => element.keeps(kept));
  })
  .catch((error) => element.broken(String(error)));
