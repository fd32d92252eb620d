const latin1 = new TextDecoder("latin1");

/** "D:20260601010203+00'00'" in the dates of a PDF's document information, as Chromium writes it. */
const DATES = /\/(?:CreationDate|ModDate) \(D:(\d{14}[^)]*)\)/g;

/**
 * Puts a moment in the place of the time of making, of the same length: nothing else of Chromium's PDFs differs from one
 * making to the next. Returns the same bytes, changed.
 */
export function setDates(
  pdf: Uint8Array<ArrayBuffer>,
  at: Temporal.Instant,
): Uint8Array<ArrayBuffer> {
  const stamp = at.toString({ smallestUnit: "second" }).replaceAll(/[^0-9]/g, "");
  for (const { index, 0: whole, 1: date = "" } of latin1.decode(pdf).matchAll(DATES)) {
    const fixed = stamp + date.slice(14).replace(/[+-]\d\d'\d\d'/, "+00'00'");
    pdf.set(new TextEncoder().encode(fixed), index + whole.indexOf(date));
  }
  return pdf;
}
