/** No character of UTF-16 takes more bytes in UTF-8: how much room a text may need before it is encoded. */
export const MOST_UTF8_BYTES = 3;
