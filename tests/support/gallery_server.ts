import { join } from "node:path";
import { GALLERY_PARTS, galleryPage } from "./gallery.tsx";
import { PROJECT_DIR } from "./script.ts";

const TYPES: Readonly<Record<string, string>> = {
  "/style.css": "text/css",
  "/comfort.js": "text/javascript",
  "/icon.svg": "image/svg+xml",
};

/** Serves the parts of the gallery ("/lines"), in Russian with `?lang=ru`, under the policy of the site: nothing inline. */
export function serveGallery(port = 0): Deno.HttpServer<Deno.NetAddr> {
  const options = { port, hostname: "127.0.0.1", onListen: () => {} };
  return Deno.serve(options, async (request) => {
    const url = new URL(request.url);
    const type = TYPES[url.pathname];
    if (type) {
      const file = await Deno.readFile(join(PROJECT_DIR, "lib/dashboard/frame", url.pathname));
      return new Response(file, { headers: { "content-type": type } });
    }
    const language = url.searchParams.get("lang") === "ru" ? "ru" : "en";
    const part = GALLERY_PARTS.find((name) => url.pathname === `/${name}`);
    if (!part) return new Response("No such part", { status: 404 });
    return new Response(await galleryPage(language, part), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
          "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'",
      },
    });
  });
}
