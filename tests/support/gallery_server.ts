import { SAFETY_HEADERS } from "../../lib/dashboard/access/headers.ts";
import { findAsset } from "../../lib/dashboard/assets.ts";
import { GALLERY_PARTS, galleryPage } from "./gallery.tsx";

/** Serves the parts of the gallery ("/lines"), in Russian with `?lang=ru`, under the policy of the site: nothing inline. */
export function serveGallery(): Deno.HttpServer<Deno.NetAddr> {
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  return Deno.serve(options, async (request) => {
    const url = new URL(request.url);
    const file = findAsset(url.pathname);
    if (file) {
      return new Response(file.body, { headers: { ...SAFETY_HEADERS, "content-type": file.type } });
    }
    const language = url.searchParams.get("lang") === "ru" ? "ru" : "en";
    const part = GALLERY_PARTS.find((name) => url.pathname === `/${name}`);
    if (!part) return new Response("No such part", { status: 404 });
    return new Response(await galleryPage(language, part), {
      headers: { ...SAFETY_HEADERS, "content-type": "text/html; charset=utf-8" },
    });
  });
}
