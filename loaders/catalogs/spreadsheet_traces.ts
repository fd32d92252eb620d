// #REF!, #DIV/0!, #NAME? and their like in any language, also with the marks of Spanish; "not available" without a
// mark in several; Err:502 of LibreOffice; what Google shows before it knows; a number wider than its column.
const ERROR_CELL =
  /^(#[¡¿]?[\p{L}\d/_. ]+[!?]|#(N\/?A|N\/?D|N\/B|N\/V|NV|I\/T|YOK|PUUTTUU|HIÁNYZIK|Н\/Д|BUSY|GETTING_DATA)|#?Err:\d{3}|Loading\.\.\.|#{2,})$/iu;
/** Spreadsheets always write the sign of the exponent; "1E5" may be a plate. */
const SCIENTIFIC = /^[+-]?\d{1,3}([.,]\d*)?E[+-]\d{1,3}$/i;
/** A spreadsheet keeps fifteen digits of a number and writes zeros for the others. */
const ROUNDED = /^[1-9]\d{14}0+$/;
const SERIAL_DAY = /^\d{1,6}([.,]\d+)?$/;
// The days of the years 1900 to 2447. As seconds they would all lie in the first days of 1970.
const LAST_SERIAL_DAY = 200_000;
/** 19900531, which as seconds would be a day of 1970. */
const RUN_TOGETHER = /^(19|20)\d{6}$/;
const MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|" +
  "янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек";
const MONTH_AND_NUMBER = new RegExp(`^(\\d{1,2}[-.](${MONTH})|(${MONTH})[-.]\\d{2})$`, "iu");

/**
 * Why a text is not a value but what a spreadsheet, or a program before it, has made of one: an error, or a
 * letter that was lost on the way. Null when it does not look so.
 */
export function findDamage(text: string): string | null {
  if (ERROR_CELL.test(text)) return "is an error of a spreadsheet, expected a value: mend the cell";
  if (text.includes("\uFFFD")) {
    return "holds a replacement character, where a letter was lost: save the source anew as UTF-8";
  }
  return null;
}

/** The same where a text such as a phone or a licence is wanted and the file may hold a number for it. */
export function findLostDigits(text: string, isNumber: boolean): string | null {
  if (SCIENTIFIC.test(text) || (isNumber && /e/i.test(text))) {
    return "is in scientific notation, so digits are lost: format the column as text and enter it anew";
  }
  if (ROUNDED.test(text)) {
    return "has only zeros after its 15th digit, as a spreadsheet rounds: format the column as text and " +
      "enter it anew";
  }
  return null;
}

/** The same where a day or a moment is wanted. */
export function findSerialDay(text: string): string | null {
  if (RUN_TOGETHER.test(text)) return "is a number, expected a date like 1990-05-31";
  const isSerial = SERIAL_DAY.test(text) && Number.parseFloat(text) < LAST_SERIAL_DAY;
  return isSerial
    ? "is a number as spreadsheets count days, expected a date like 1990-05-31: format the column as a date"
    : null;
}

/** The same for a cell of a table whose column is wanted as text: "3-MAR" is what Excel makes of "3MAR". */
export function findMadeDate(text: string): string | null {
  return MONTH_AND_NUMBER.test(text)
    ? "looks like a date that a spreadsheet made of it: format the column as text and enter it anew, or " +
      "give the file as JSON if it is meant so"
    : null;
}
