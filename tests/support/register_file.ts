import { type Config, configure, getConfig, reset } from "@logtape/logtape";

let registering = "";
let running = "";

/** What a file has set up to be logged while it was loaded: all else that files share would be a global of Deno. */
const loggingOf = new Map<string, Config<string, string> | null>();

/** The file whose test is under way, e.g. "tests/docs_test.ts"; empty where a file has an isolate of its own. */
export function fileUnderTest(): string {
  return running;
}

/** Registers the tests that `load` registers, with the name of their file before their own. */
export async function registerFile(file: string, load: () => Promise<unknown>): Promise<void> {
  if (registering === "") nameFilesOfTests();
  registering = file;
  await reset();
  await load();
  loggingOf.set(file, getConfig());
}

/** Puts back what a file has set up, as if no other one had come since. */
async function enterFile(file: string): Promise<void> {
  if (running === file) return;
  running = file;
  await reset();
  const logging = loggingOf.get(file);
  if (logging) await configure({ ...logging, reset: true });
}

function nameFilesOfTests(): void {
  const test = Deno.test;
  Object.assign(Deno, {
    test: new Proxy(test, {
      apply: (_target, _this, args) => {
        const [first, fn] = args;
        const definition: Deno.TestDefinition = args.length === 1 ? first : { name: first, fn };
        const file = registering;
        if (args.length > 2 || typeof definition.name !== "string") {
          throw new Error(
            `Cannot register a test of ${file}: Deno.test got ${args.length} arguments, expected ` +
              "a definition, or a name and a function",
          );
        }
        test({
          ...definition,
          name: `${file} => ${definition.name}`,
          fn: async (context) => {
            await enterFile(file);
            await definition.fn(context);
          },
        });
      },
    }),
  });
}
