/** What is wrong with one value of one item, in the words of the API. */
export interface ItemError {
  readonly code: string;
  readonly path: string;
  readonly detail: string;
}

export function notSupportedChoice(path: string): ItemError {
  return {
    code: "NotSupportedChoice",
    path,
    detail: "The value you selected is not a valid choice.",
  };
}

export function invalidType(path: string, expected: string): ItemError {
  return { code: "InvalidType", path, detail: `This value should be of type ${expected}.` };
}
