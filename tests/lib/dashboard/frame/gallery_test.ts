import assert from "node:assert/strict";
import { testInBrowser } from "../../../support/browser.ts";
import { GALLERY_PARTS, galleryPage } from "../../../support/gallery.tsx";
import { serveGallery } from "../../../support/gallery_server.ts";
import { findBarriers, findSidewaysScroll, findUnreachable } from "../../../support/page_checks.ts";

testInBrowser(
  "every component is free of barriers, light and dark, and fits a phone",
  async (browser) => {
    await using server = serveGallery();
    for (const part of GALLERY_PARTS) {
      const address = `http://127.0.0.1:${server.addr.port}/${part}`;
      const { page, problems } = await browser.open(address);
      assert.deepEqual(
        [
          ...await findBarriers(page),
          ...part === "others" ? await findUnreachable(page) : [],
          ...await findSidewaysScroll(page),
          ...problems,
        ],
        [],
        part,
      );
      await page.context().close();
    }
  },
);

Deno.test("galleryPage() is the same byte for byte when it is made twice, in both languages", async () => {
  for (const part of GALLERY_PARTS) {
    for (const language of ["en", "ru"] as const) {
      assert.equal(await galleryPage(language, part), await galleryPage(language, part));
    }
  }
});
