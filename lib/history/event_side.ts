/** Pipeline and status of a side of an event that changed these; null of any other side. */
export function statusOfSide(
  side: unknown,
): { readonly pipelineId: string; readonly statusId: string } | null {
  if (!Array.isArray(side)) return null;
  const [first]: readonly unknown[] = side;
  const status = typeof first === "object" && first !== null && "lead_status" in first
    ? first.lead_status
    : null;
  return typeof status === "object" && status !== null && "id" in status && "pipeline_id" in status
    ? { pipelineId: String(status.pipeline_id), statusId: String(status.id) }
    : null;
}
