import type { LoaderSession } from "../../loaders/account/loader_command.ts";

/** What reading and writing leads takes: a loader's session, or what the demo has of it. */
export type LeadTools = Pick<
  LoaderSession,
  "client" | "writer" | "progress" | "log" | "signal" | "mode"
>;
