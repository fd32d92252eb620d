import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../../lib/config.ts";
import { setDates } from "./pdf_dates.ts";
import { writeWhole } from "./write_whole.ts";

/** Names of Chromium on the PATH; the permissions of the task name the same. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];

/**
 * Prints an HTML file as a PDF, by a Chromium without network, in a profile that is removed. Throws `ConfigError` where
 * there is no Chromium.
 */
export async function printPdf(html: string, pdf: string, at: Temporal.Instant): Promise<void> {
  const folder = await Deno.makeTempDir({ dir: resolve(pdf, ".."), prefix: ".report_" });
  try {
    const made = `${folder}/report.pdf`;
    await run([
      ...["--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync", "--disable-quic", "--no-sandbox"],
      // The file asks for nothing; should one ever do, nobody answers.
      ...["--host-resolver-rules=MAP * ~NOTFOUND", `--user-data-dir=${folder}/profile`],
      ...["--no-pdf-header-footer", `--print-to-pdf=${made}`, pathToFileURL(resolve(html)).href],
    ]);
    await writeWhole(pdf, setDates(await Deno.readFile(made), at));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(args: readonly string[]): Promise<void> {
  for (const program of PROGRAMS) {
    try {
      const { success, stderr } = await new Deno.Command(program, { args: [...args] }).output();
      if (success) return;
      const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "";
      throw new Error(`Cannot print the report: ${program} ended with an error: ${said}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        throw new ConfigError(
          "Cannot print the report: this program may not start other programs, expected the right to start Chromium: " +
            "print the HTML file in any browser, or use deno task report",
        );
      }
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new ConfigError(
    `Cannot print the report: found none of ${
      PROGRAMS.join(", ")
    } on the PATH, expected Chromium: install it ` +
      "(apt-get install chromium), or print the HTML file in any browser",
  );
}
