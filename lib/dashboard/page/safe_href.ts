/** Blanks and control characters, which browsers drop while they read an address. */
// deno-lint-ignore no-control-regex -- that is what is looked for
const HIDDEN = /[\u0000-\u0020\u007f\\]/;

/**
 * The address of a link, or null when it may not be one and is shown as text: only paths of this site, https, and http
 * of the account's own address. JSX escapes what is in an attribute, but does not stop `javascript:`.
 */
export function safeHref(address: string | null, amoUrl: string | null = null): string | null {
  if (address === null || HIDDEN.test(address)) return null;
  if (/^[#?]/.test(address) || /^\/(?!\/)/.test(address)) return address;
  const url = URL.parse(address);
  // What a browser would read beside this site's own address is no link here.
  if (url === null || url.username !== "" || url.password !== "") return null;
  if (url.protocol === "https:") return address;
  const isOwn = amoUrl !== null && url.origin === URL.parse(amoUrl)?.origin;
  return url.protocol === "http:" && isOwn ? address : null;
}
