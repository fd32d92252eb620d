// The names of tables that stand open and are wider than what one sees of them.
(() => {
  const windows = [...document.querySelectorAll("main .table-window")];
  const scrolling = windows.filter((one) =>
    !one.closest("details:not([open])") && one.scrollWidth > one.clientWidth
  );
  return scrolling.map((one) => {
    const name = one.getAttribute("aria-label") ?? one.querySelector("caption")?.textContent ?? "";
    return `${name}: ${one.scrollWidth} of ${one.clientWidth} px`;
  });
});
