// What the Tab key should reach: how many stops it makes, or with a list of what it reached, those that it did not reach or
// that do not show that they have the focus.
((isAfter) => {
  const selector = "a[href], button, input, select, textarea, summary, [tabindex]";
  const isOneOfGroup = (element, all) =>
    element.type === "radio" &&
    all.find(({ type, name }) => type === "radio" && name === element.name) !== element;
  const visible = [...document.querySelectorAll(selector)].filter((element) =>
    element.tabIndex >= 0 && !element.disabled && element.type !== "hidden" &&
    element.checkVisibility({ visibilityProperty: true })
  );
  const focusable = visible.filter((element) => !isOneOfGroup(element, visible));
  // In a field of a date or a time each part is a stop of its own: month, day, year, hour, minute, half of the day, and
  // the button of the calendar.
  const moreStops = focusable.filter(({ type }) => type?.startsWith("date")).length * 7;
  if (!isAfter) return focusable.length + moreStops;
  const seen = globalThis.focusSeen;
  const nameOf = (element) =>
    `${element.localName} "${
      (element.getAttribute("aria-label") ?? element.innerText ?? element.name ?? "").trim()
        .slice(0, 60)
    }"`;
  const isSeen = (element) =>
    seen.has(element) ||
    (element.type === "radio" && [...seen.keys()].some(({ name }) => name === element.name));
  return [
    ...focusable.filter((element) => !isSeen(element)).map((element) =>
      `${nameOf(element)} is not reached`
    ),
    ...[...seen].filter(([, isShown]) => !isShown).map(([element]) =>
      `${nameOf(element)} does not show that it has the focus`
    ),
  ];
});
