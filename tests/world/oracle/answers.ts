import { type AnswerSeen, type EventNoted, rowsOf } from "./journal.ts";
import { isObject, type Json } from "./values.ts";

/** Every try begins by asking who the account is; only the last one lands. */
export function lastAttempt(answers: readonly AnswerSeen[]): readonly AnswerSeen[] {
  const start = answers.findLastIndex(({ path }) => path === "/api/v4/account");
  return answers.slice(Math.max(0, start)).filter(({ isDelivered }) => isDelivered);
}

/** Lists of leads, and single ones. */
export function isOfLeads({ path }: AnswerSeen): boolean {
  return /^\/api\/v4\/leads(\/\d+)?$/.test(path);
}

/** Asked for by ids, of many at once or of one by its own address. */
export function isById({ path, params }: AnswerSeen): boolean {
  return /\/\d+$/.test(path) || [...params.keys()].some((name) => name.startsWith("filter[id]"));
}

export function isTrash({ params }: AnswerSeen): boolean {
  return params.get("with") === "only_deleted";
}

/** Whether an answer only proves something: of one lead, the newest first. */
export function isProbe({ params }: AnswerSeen): boolean {
  return params.get("limit") === "1" && params.get("order[updated_at]") === "desc";
}

/** The records in a list, or the one that an address of its own shows. */
export function recordsIn(answer: AnswerSeen, collection: string): readonly Json[] {
  if (!/\/\d+$/.test(answer.path)) return rowsOf(answer, collection);
  return answer.status === 200 && isObject(answer.body) ? [answer.body] : [];
}

export function toEvent(event: Json): EventNoted {
  const list = (value: unknown) => Array.isArray(value) ? value : [];
  return {
    id: String(event.id),
    type: String(event.type),
    entityId: Number(event.entity_id),
    entityType: String(event.entity_type),
    createdAt: Number(event.created_at),
    before: list(event.value_before),
    after: list(event.value_after),
    shownAtMs: 0,
  };
}

export function idsAsked(answers: readonly AnswerSeen[]): Set<number> {
  return new Set(
    answers.flatMap(({ params }) =>
      [...params].filter(([name]) => name.startsWith("filter[id]"))
        .flatMap(([, value]) => value.split(",").map(Number))
    ),
  );
}
