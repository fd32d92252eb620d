import type { Child } from "hono/jsx";
import type { Markup } from "../page/page.ts";
import { safeHref } from "../page/safe_href.ts";

/** What is inside as a link, or as it is where there is no address or none that may be followed. */
export function Linked(
  props: { readonly href: string | null | undefined; readonly children: Child },
): Markup {
  const href = safeHref(props.href ?? null);
  return href === null ? <>{props.children}</> : <a href={href}>{props.children}</a>;
}
