// deno-lint-ignore no-control-regex -- they are what it is about
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** The text without characters that would move a cursor or change a terminal: line ends and tabs stay. */
export function withoutControls(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(CONTROLS, "\ufffd");
}
