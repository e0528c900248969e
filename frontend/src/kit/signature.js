// Handwriting under an opinion: a canvas drawn on with finger, pen or mouse, sent as PNG with its form.
/** @param {HTMLElement} box */
function signature(box) {
  const canvas = /** @type {HTMLCanvasElement} */ (box.querySelector("canvas"));
  const field = /** @type {HTMLInputElement} */ (box.querySelector("input"));
  const pen = canvas.getContext("2d");
  if (!pen || box.dataset.ready) return;
  box.dataset.ready = "1";
  Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#1F2329" });
  let writes = false;
  /** @param {PointerEvent} event @returns {[number, number]} */
  const point = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [((event.clientX - frame.left) * canvas.width) / frame.width, ((event.clientY - frame.top) * canvas.height) / frame.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    writes = true;
    pen.beginPath();
    pen.moveTo(...point(event));
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!writes) return;
    pen.lineTo(...point(event));
    pen.stroke();
  });
  const rest = () => {
    if (writes) field.value = canvas.toDataURL("image/png");
    writes = false;
  };
  canvas.addEventListener("pointerup", rest);
  canvas.addEventListener("pointercancel", rest);
  box.querySelector("[data-signature-clear]")?.addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = "";
  });
}
/** @param {ParentNode} root */
export function signatures(root) {
  for (const box of root.querySelectorAll("[data-signature]")) signature(/** @type {HTMLElement} */ (box));
}
