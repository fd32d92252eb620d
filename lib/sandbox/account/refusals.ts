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

/** A key that nobody knows: writes are not as lenient as queries. */
export function fieldNotExpected(path: string): ItemError {
  return { code: "FieldNotExpected", path, detail: "This field was not expected." };
}

/** The code for a text that is too long is not confirmed by any source. */
export function tooLong(path: string, limit: number): ItemError {
  const detail = `This value is too long. It should have ${limit} characters or less.`;
  return { code: "TooLong", path, detail };
}

/** The code for a list that is too long is not confirmed by any source. */
export function tooMany(path: string, limit: number): ItemError {
  const detail = `This collection should contain ${limit} elements or less.`;
  return { code: "TooMany", path, detail };
}

export function invalidType(path: string, expected: string): ItemError {
  return { code: "InvalidType", path, detail: `This value should be of type ${expected}.` };
}
