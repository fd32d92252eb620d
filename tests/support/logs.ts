import { configure, getLogger, type Logger } from "@logtape/logtape";

/** A logger, and the messages it was given: "warning: text". Only for tests that call the code themselves. */
export async function captureLog(
  category = "test",
): Promise<{ log: Logger; lines: string[] }> {
  const lines: string[] = [];
  await configure({
    reset: true,
    sinks: {
      lines: (record) => lines.push(`${record.level}: ${record.message.map(String).join("")}`),
    },
    loggers: [
      { category: [category], sinks: ["lines"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "error" },
    ],
  });
  return { log: getLogger([category]), lines };
}
