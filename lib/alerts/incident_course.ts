import type { ISql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "../warehouse/sql_file.ts";

const courses = z.array(z.object({
  /** The task that failed, and its error; null when the run log no longer has them. */
  task_id: z.string().nullable(),
  error: z.string().nullable(),
  /** Whether the date that opened the incident has succeeded. */
  is_repaired: z.boolean(),
  /** The first later date that has succeeded since. */
  later_date: z.string().nullable(),
}));

/** What the run log knows of an incident. */
export type IncidentCourse = z.infer<typeof courses>[number];

/** Reads how an incident came about and how its DAG stands now. */
export async function readCourse(sql: ISql, incidentId: number): Promise<IncidentCourse> {
  const rows = await querySqlFile(sql, "ops/read_incident_course.sql", [incidentId]);
  const [course] = courses.parse([...rows]);
  if (course) return course;
  throw new Error(
    `Cannot tell people of incident ${incidentId}: found no such row, expected it in ops.incident`,
  );
}
