// Keeps what gets the focus from now on, and in which state, for list_focusable.js.
(() => {
  document.activeElement?.blur();
  const seen = new Map();
  globalThis.focusSeen = seen;
  document.addEventListener("focusin", ({ target }) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(target);
    const hasOutline = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
    seen.set(target, hasOutline || boxShadow !== "none");
  });
});
