import { isIPv4 } from "node:net";

/** Whether a host name or address reaches this machine alone: 127.0.0.0/8, ::1 and localhost, nothing else. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (name === "localhost") return true;
  if (isIPv4(name)) return name.startsWith("127.");
  return /^(0{1,4}:){7}0{0,3}1$/.test(name) || /^::(0{0,3}:)*0{0,3}1$/.test(name);
}

/** The host of a Host header, without its port; null where it is none. */
export function hostOf(header: string | null): string | null {
  if (header === null || !/^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(header)) return null;
  return header.replace(/:\d{1,5}$/, (port) => header.endsWith("]") ? port : "");
}

/** What a proxy adds to a request that it hands on. */
const OF_PROXIES = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/** Whether a request came through a proxy, as far as it says so. */
export function isForwarded(headers: Headers): boolean {
  return OF_PROXIES.some((name) => headers.has(name));
}

/** Whether a request that changes something was sent by a page of this site, by what only browsers can say. */
export function isOwnOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  const host = headers.get("host");
  return origin !== null && host !== null && URL.parse(origin)?.host === host.toLowerCase();
}
