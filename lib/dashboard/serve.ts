import { isLoopback } from "./access/hosts.ts";
import { createSite, type Site } from "./site.tsx";
import type { RunActions, SiteOptions } from "./site_options.ts";
import type { Page } from "./page/page.ts";
import { type Config, ConfigError } from "../config.ts";
import type { Dag } from "../dag/dag.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";

/** Of `deno task dashboard`, unless `DASHBOARD_PORT` says another one. */
export const DEFAULT_PORT = 8600;

/** What is served, and where. */
export interface ServeSite {
  readonly config: Config;
  /** Migrated. On a server a pool of its own, or pages wait for the connections of tasks. */
  readonly warehouse: Warehouse;
  readonly pages: readonly Page[];
  /** Whose files say what is built from what; none by default. */
  readonly dags?: readonly Dag[];
  /** `DASHBOARD_HOST` by default. */
  readonly host?: string;
  /** `DASHBOARD_PORT` by default, else 8600; 0 takes a free one. */
  readonly port?: number;
  /** What the buttons start; none by default. */
  readonly actions?: RunActions | null;
  /** As of `SiteOptions`. */
  readonly statementTimeoutMs?: number;
  readonly pageTimeoutMs?: number;
}

/** A site that answers until it is disposed of. */
export interface ServedSite extends AsyncDisposable {
  /** "http://127.0.0.1:8600" */
  readonly url: string;
}

/** Serves the site. Throws `ConfigError` where it cannot listen, or may not without a token. */
export function serveSite(options: ServeSite): ServedSite {
  const { config } = options;
  const { host = config.dashboardHost, port = config.dashboardPort ?? DEFAULT_PORT } = options;
  if (!isLoopback(host) && config.dashboardToken === null) {
    throw new ConfigError(
      `Cannot serve the site on ${host} without DASHBOARD_TOKEN: other machines reach that address, expected a ` +
        "token that they log in with: set one, e.g. of openssl rand -hex 16, or keep to 127.0.0.1",
    );
  }
  const site = createSite(toSiteOptions(options));
  const server = listen(site, host, port);
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${server.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await site.idle();
    },
  };
}

function toSiteOptions({ config, actions = null, dags = [], ...given }: ServeSite): SiteOptions {
  return {
    ...given,
    dags,
    settings: {
      timeZone: config.businessTz,
      currency: config.currency,
      amoUrl: config.amo?.baseUrl ?? null,
      showsPersonalData: config.dashboardShowsPersonalData,
      weekendDays: config.weekendDays,
    },
    language: config.uiLanguage,
    token: config.dashboardToken,
    counting: config,
    freshnessHours: config.freshnessHours,
    actions,
  };
}

function listen(site: Site, hostname: string, port: number): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(
      { hostname, port, onListen: () => {} },
      (request, { remoteAddr }) => site.fetch(request, { client: clientOf(remoteAddr) }),
    );
  } catch (error) {
    throw toListenError(error, hostname, port);
  }
}

function clientOf(address: Deno.Addr): string {
  return address.transport === "tcp" ? address.hostname : "";
}

function toListenError(error: unknown, host: string, port: number): unknown {
  const action = `Cannot serve the site on ${host}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new ConfigError(
      `${action}: the port is taken, expected a free one: set another DASHBOARD_PORT (or --port), ` +
        "or stop the program that has it",
    );
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return new ConfigError(
      `${action}: this machine has no such address, expected one of its own: check DASHBOARD_HOST (or --host)`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new ConfigError(
      `${action}: not allowed, expected a port from 1024 on: set another DASHBOARD_PORT (or --port)`,
    );
  }
  return error;
}
