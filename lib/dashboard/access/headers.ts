/** What every answer says to the browser. No script and no style but the site's own files, nothing inline, no frame. */
export const SAFETY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // Not "no-referrer": browsers then send "Origin: null" with the site's own forms.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // Pages may hold personal data: neither a disk nor a proxy keeps them.
  "cache-control": "no-store",
};

/** For files whose name changes with their content. */
export const KEEP_FOREVER = "private, max-age=31536000, immutable";
