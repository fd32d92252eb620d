/** Tasks of deno.json that are subcommands of the compiled program, and those that are its loaders. */
export const SUBCOMMANDS = [
  ...["scheduler", "daily", "runs", "check-data", "sql", "migrate"],
  ...["dashboard", "report", "history"],
];
export const LOADERS = [
  "helper_fields",
  "json_importer",
  "cleaner",
  "leads_generator",
  "calendar_importer",
];

/**
 * A text with its commands as its reader types them: "deno task daily" where the scripts run in Deno, "rental
 * daily" in the compiled program, where a loader is "rental loader NAME". What the program lacks stays as it is.
 */
export function asTyped(text: string, isCompiled: boolean = Deno.build.standalone): string {
  if (!isCompiled) return text;
  return text.replaceAll(/\bdeno task ([a-z]+(?:[-_][a-z]+)*)/g, (command, name: string) => {
    if (LOADERS.includes(name)) return `rental loader ${name}`;
    return SUBCOMMANDS.includes(name) ? `rental ${name}` : command;
  });
}
