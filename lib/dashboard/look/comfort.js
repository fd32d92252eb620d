"use strict";

// A model or car that is chosen with the pointer is shown at once; without this the button does it. Dates wait for the
// button: they change with every key. So does a list that keys go through: each of them would leave the page.
for (const form of document.querySelectorAll("form[data-filters]")) {
  let byKeys = false;
  form.addEventListener("keydown", () => {
    byKeys = true;
  });
  form.addEventListener("pointerdown", () => {
    byKeys = false;
  });
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement && !byKeys) form.requestSubmit();
  });
}
