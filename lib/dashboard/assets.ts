import { createHash } from "node:crypto";
import script from "./look/comfort.js" with { type: "text" };
import icon from "./look/icon.svg" with { type: "text" };
import { SITE_STYLE } from "./look/look.ts";
import type { Assets } from "./page/frame_props.ts";

/** A file that pages link. */
interface AssetFile {
  readonly path: string;
  readonly body: string;
  readonly type: string;
}

const FILES = {
  style: toFile("style", "css", SITE_STYLE, "text/css; charset=utf-8"),
  script: toFile("comfort", "js", script, "text/javascript; charset=utf-8"),
  icon: toFile("icon", "svg", icon, "image/svg+xml"),
};

/** The path holds a hash of what is in the file, so that browsers may keep it for ever. */
function toFile(name: string, ending: string, body: string, type: string): AssetFile {
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
  return { path: `/assets/${name}.${hash}.${ending}`, body, type };
}

/** What the pages of every site link. */
export const ASSETS: Assets = {
  style: FILES.style.path,
  script: FILES.script.path,
  icon: FILES.icon.path,
};

/** The file at a path; null where there is none, or another one by now. */
export function findAsset(path: string): AssetFile | null {
  return Object.values(FILES).find((file) => file.path === path) ?? null;
}
