import { join } from "node:path";
import { SAFETY_HEADERS } from "../../lib/dashboard/access/headers.ts";
import { GALLERY_PARTS, galleryPage } from "./gallery.tsx";
import { PROJECT_DIR } from "./script.ts";

const TYPES: Readonly<Record<string, string>> = {
  "/style.css": "text/css",
  "/comfort.js": "text/javascript",
  "/icon.svg": "image/svg+xml",
};

/** Serves the parts of the gallery ("/lines"), in Russian with `?lang=ru`, under the policy of the site: nothing inline. */
export function serveGallery(): Deno.HttpServer<Deno.NetAddr> {
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  return Deno.serve(options, async (request) => {
    const url = new URL(request.url);
    const type = TYPES[url.pathname];
    if (type) {
      const file = await Deno.readFile(join(PROJECT_DIR, "lib/dashboard/frame", url.pathname));
      return new Response(file, { headers: { ...SAFETY_HEADERS, "content-type": type } });
    }
    const language = url.searchParams.get("lang") === "ru" ? "ru" : "en";
    const part = GALLERY_PARTS.find((name) => url.pathname === `/${name}`);
    if (!part) return new Response("No such part", { status: 404 });
    return new Response(await galleryPage(language, part), {
      headers: { ...SAFETY_HEADERS, "content-type": "text/html; charset=utf-8" },
    });
  });
}
