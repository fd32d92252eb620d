/** Where an item is shown: the host that the client used and, in lists, the page. */
export interface Place {
  readonly origin: string;
  /** "?page=1&limit=50" in a list, which amoCRM repeats in the links of every item; else empty. */
  readonly pageQuery: string;
}

/** A `_links` object for an item; `path` starts after `/api/v4/`. */
export function selfLink(place: Place, path: string): { self: { href: string } } {
  return { self: { href: `${place.origin}/api/v4/${path}${place.pageQuery}` } };
}
