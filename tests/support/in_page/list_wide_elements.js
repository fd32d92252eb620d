// Elements that reach beyond the sides of the window and are not inside something that scrolls by itself;
// none when the page as a whole does not scroll sideways.
(() => {
  const { documentElement: root, body } = document;
  if (root.scrollWidth <= root.clientWidth) return [];
  const clips = (element) =>
    element !== body && element !== root && getComputedStyle(element).overflowX !== "visible";
  const isClipped = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) if (clips(at)) return true;
    return false;
  };
  const found = [...body.querySelectorAll("*")].filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return width > 0 && (right > root.clientWidth + 0.5 || left < -0.5) && !isClipped(element);
  });
  const lines = found.map((element) => {
    const { left, right } = element.getBoundingClientRect();
    const name = `${element.localName}${element.id ? `#${element.id}` : ""}` +
      [...element.classList].map((word) => `.${word}`).join("");
    return `${name} from ${Math.round(left)} to ${Math.round(right)} of ${root.clientWidth} px`;
  });
  return lines.length > 0 ? lines : [`the page is ${root.scrollWidth} px wide`];
});
