"use strict";

// A chosen model or car is shown at once; without this the button does it. Dates wait for the button: they change
// with every key.
for (const form of document.querySelectorAll("form[data-filters]")) {
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) form.requestSubmit();
  });
}
