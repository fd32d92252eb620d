/** Attributes that name ids, as JSX writes them; texts have no such quotes, they are escaped. */
const IDS = / (id|for|aria-labelledby|aria-describedby|aria-controls|headers)="([^"]*)"/g;
const REFERENCES = / (href|xlink:href)="#([^"]*)"/g;
const URLS = /url\(#([^)]*)\)/g;

/** Links to elsewhere than the document itself, mail or the web: nobody serves them. */
const SITE_LINKS = /(<a\b[^>]*?) href="(?!https?:|mailto:|#)[^"]*"/g;

/** Links to the other pages of a list, which are not in the document. */
const PAGE_LINKS = /<a rel="(?:next|prev)"[^>]*>.*?<\/a>/gs;

/**
 * Makes the markup of one page a part of a document with others: its ids and what refers to them get a prefix, and what
 * only a site can do is taken away, i.e. links to other pages and forms.
 */
export function toPart(html: string, prefix: string): string {
  const scope = (names: string) =>
    names.split(" ").filter((name) => name !== "").map((name) => `${prefix}-${name}`).join(" ");
  return html
    .replaceAll(/<form\b.*?<\/form>/gs, "")
    .replaceAll(PAGE_LINKS, "")
    .replaceAll(SITE_LINKS, "$1")
    .replaceAll(IDS, (_, name: string, ids: string) => ` ${name}="${scope(ids)}"`)
    .replaceAll(REFERENCES, (_, name: string, id: string) => ` ${name}="#${prefix}-${id}"`)
    .replaceAll(URLS, (_, id: string) => `url(#${prefix}-${id})`);
}
