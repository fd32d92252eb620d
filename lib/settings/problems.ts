import { suggestName } from "./names.ts";
import { VARIABLE_NAMES } from "./variables.ts";

/** Those of the terminal, which choose colours for many programs. */
export const COLOUR_NAMES = ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"];

const VERIFYING_MODES = ["verify-ca", "verify-full"];

/** What is wrong with settings beside each other, or with their names; `needs` says whether amoCRM is wanted. */
export function findProblems(
  env: Readonly<Record<string, string | undefined>>,
  needs: { readonly amo: boolean },
): string[] {
  const set = settingsOf(env);
  const names = new Set(set.map(([name]) => name));
  return [
    ...unknownSettings(Object.keys(env)),
    ...blanksAround(set),
    ...missingSettings(names, needs),
    ...unverified(env),
  ];
}

/** The variables that have a value: an empty one counts as unset. */
export function settingsOf(
  env: Readonly<Record<string, string | undefined>>,
): [string, string | undefined][] {
  return Object.entries(env).filter(([, value]) => value !== undefined && value !== "");
}

function unverified(env: Readonly<Record<string, string | undefined>>): string[] {
  if (!env.PG_SSLROOTCERT || VERIFYING_MODES.includes(env.PG_SSLMODE ?? "")) return [];
  return [
    `PG_SSLROOTCERT is set, but PG_SSLMODE is ${
      env.PG_SSLMODE || "prefer"
    }, which verifies nothing: set PG_SSLMODE to ${VERIFYING_MODES.join(" or ")}`,
  ];
}

function unknownSettings(names: readonly string[]): string[] {
  const known = [...VARIABLE_NAMES, ...COLOUR_NAMES];
  // Which DAGs there are is known to those that read their schedules.
  return names.filter((name) => !known.includes(name) && !name.startsWith("SCHEDULE_"))
    .map((name) => `${name} ${describeUnknown(name, known)}`);
}

function describeUnknown(name: string, known: readonly string[]): string {
  const meant = suggestName(name, known);
  return meant === null
    ? "is not a setting of this program: .env.example lists them all; remove it"
    : `is not a setting of this program: did you mean ${meant}?`;
}

/** A password and a template may have them. */
const MAY_HAVE_BLANKS = ["PG_PASSWORD", "ALERT_TEMPLATE", "AMO_FIELD_MAP"];

function blanksAround(set: readonly (readonly [string, string | undefined])[]): string[] {
  return set
    .filter(([name, value = ""]) =>
      VARIABLE_NAMES.includes(name) && !MAY_HAVE_BLANKS.includes(name) && value !== value.trim()
    )
    .map(([name]) => `${name} has blanks around its value, expected none: remove them`);
}

/** What says nothing without a server, so that whoever sets it means one. */
const NEEDS_HOST = [
  "PG_PORT",
  "PG_DATABASE",
  "PG_USER",
  "PG_PASSWORD",
  "PG_SSLMODE",
  "PG_SSLROOTCERT",
];

function missingSettings(set: ReadonlySet<string>, needs: { readonly amo: boolean }): string[] {
  const missing: string[] = [];
  const aimless = NEEDS_HOST.filter((name) => set.has(name));
  if (!set.has("PG_HOST") && aimless.length > 0) {
    const verb = aimless.length === 1 ? "is" : "are";
    missing.push(
      `PG_HOST is missing: ${
        aimless.join(", ")
      } ${verb} set, so the name of the server is needed; ` +
        "for the embedded warehouse take all PG_ settings away",
    );
  }
  if (set.has("PG_HOST") && !set.has("PG_DATABASE")) {
    missing.push("PG_DATABASE is missing: PG_HOST is set, so the name of the database is needed");
  }
  if (set.has("PG_HOST") && !set.has("PG_USER")) {
    missing.push("PG_USER is missing: PG_HOST is set, so the role to log in with is needed");
  }
  if (needs.amo && !set.has("AMO_SUBDOMAIN") && !set.has("AMO_BASE_URL")) {
    missing.push("AMO_SUBDOMAIN is missing: set it to the first part of the account's address");
  }
  if (needs.amo && !set.has("AMO_TOKEN")) {
    missing.push("AMO_TOKEN is missing: create a long-lived token in the integration's settings");
  }
  return missing;
}
