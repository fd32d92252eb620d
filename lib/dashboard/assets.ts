import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Assets } from "./page/frame_props.ts";

/** A file that pages link. */
interface AssetFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** The files of the site, by their addresses. */
export interface SiteFiles {
  readonly assets: Assets;
  find(path: string): AssetFile | null;
}

const FOLDER = join(import.meta.dirname ?? ".", "frame");

const FILES = {
  style: { name: "style", ending: "css", type: "text/css; charset=utf-8" },
  script: { name: "comfort", ending: "js", type: "text/javascript; charset=utf-8" },
  icon: { name: "icon", ending: "svg", type: "image/svg+xml" },
} as const;

/** Reads the files; their addresses hold a hash of what is in them, so that browsers may keep them for ever. */
export async function readSiteFiles(): Promise<SiteFiles> {
  const found = new Map<string, AssetFile>();
  const add = async ({ name, ending, type }: (typeof FILES)[keyof typeof FILES]) => {
    const body = await Deno.readFile(join(FOLDER, `${name}.${ending}`));
    const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
    const path = `/assets/${name}.${hash}.${ending}`;
    found.set(path, { body, type });
    return path;
  };
  const assets = {
    style: await add(FILES.style),
    script: await add(FILES.script),
    icon: await add(FILES.icon),
  };
  return { assets, find: (path) => found.get(path) ?? null };
}
