import type { NextId } from "./ids.ts";
import { type Place, selfLink } from "./links.ts";
import type { Account } from "./account.ts";

/** An account with its pipelines. */
interface PipelineWorld {
  readonly account: Account;
  readonly pipelines: ReadonlyMap<number, Pipeline>;
}

/** A stage of a pipeline. Won and lost share their ids over all pipelines. */
export interface Status {
  readonly id: number;
  name: string;
  sort: number;
  color: string;
  readonly isEditable: boolean;
  /** 1: the stage of unsorted leads. */
  readonly type: 0 | 1;
}

/** A pipeline with its stages in their order. */
export interface Pipeline {
  readonly id: number;
  name: string;
  sort: number;
  isMain: boolean;
  isUnsortedOn: boolean;
  isArchive: boolean;
  statuses: Status[];
}

export const WON = 142;
export const LOST = 143;

/** The colours that a stage may have; anything else is refused. */
export const STATUS_COLORS: readonly string[] = [
  "#fffeb2",
  "#fffd7f",
  "#fff000",
  "#ffeab2",
  "#ffdc7f",
  "#ffce5a",
  "#ffdbdb",
  "#ffc8c8",
  "#ff8f92",
  "#d6eaff",
  "#c1e0ff",
  "#98cbff",
  "#ebffb1",
  "#deff81",
  "#87f2c0",
  "#f9deff",
  "#f3beff",
  "#ccc8f9",
  "#eb93ff",
  "#f2f3f4",
  "#e6e8ea",
];

/** The pipeline that a fresh account starts with. */
export function createFirstPipeline(nextId: NextId): Pipeline {
  const names = [
    "Первичный контакт",
    "Переговоры",
    "Принимают решение",
    "Согласование договора",
  ];
  const ordinary = names.map((name, index): Status => ({
    id: nextId("status"),
    name,
    sort: 20 + index * 10,
    color: STATUS_COLORS[index * 3] ?? "#fffeb2",
    isEditable: true,
    type: 0,
  }));
  return {
    id: nextId("pipeline"),
    name: "Воронка",
    sort: 1,
    isMain: true,
    isUnsortedOn: true,
    isArchive: false,
    statuses: withSystemStatuses(ordinary, nextId),
  };
}

/** Adds the three stages that every pipeline has: unsorted, won and lost. */
export function withSystemStatuses(
  ordinary: readonly Status[],
  nextId: NextId,
  names: { readonly won?: string | undefined; readonly lost?: string | undefined } = {},
): Status[] {
  const system = (id: number, name: string, sort: number, color: string, type: 0 | 1): Status => ({
    id,
    name,
    sort,
    color,
    isEditable: false,
    type,
  });
  return [
    system(nextId("status"), "Неразобранное", 10, "#c1c1c1", 1),
    ...ordinary,
    system(WON, names.won ?? "Успешно реализовано", 10_000, "#CCFF66", 0),
    system(LOST, names.lost ?? "Закрыто и не реализовано", 11_000, "#D5D8DB", 0),
  ].sort(bySort);
}

export function bySort(a: { sort: number; id: number }, b: { sort: number; id: number }): number {
  return a.sort - b.sort || a.id - b.id;
}

export function sortedPipelines(world: PipelineWorld): Pipeline[] {
  return [...world.pipelines.values()].sort(bySort);
}

export function mainPipeline(world: PipelineWorld): Pipeline | undefined {
  return sortedPipelines(world).find((pipeline) => pipeline.isMain);
}

/** Where a lead lands when no stage is named. */
export function firstOrdinaryStatus(pipeline: Pipeline): Status | undefined {
  return pipeline.statuses.find((status) => status.type === 0);
}

export function isClosedStatus(statusId: number): boolean {
  return statusId === WON || statusId === LOST;
}

export function renderPipeline(world: PipelineWorld, pipeline: Pipeline, place: Place): object {
  return {
    id: pipeline.id,
    name: pipeline.name,
    sort: pipeline.sort,
    is_main: pipeline.isMain,
    is_unsorted_on: pipeline.isUnsortedOn,
    is_archive: pipeline.isArchive,
    account_id: world.account.id,
    _links: selfLink(place, `leads/pipelines/${pipeline.id}`),
    _embedded: {
      statuses: pipeline.statuses.map((status) => renderStatus(world, pipeline, status, place)),
    },
  };
}

export function renderStatus(
  world: PipelineWorld,
  pipeline: Pipeline,
  status: Status,
  place: Place,
): object {
  return {
    id: status.id,
    name: status.name,
    sort: status.sort,
    is_editable: status.isEditable,
    pipeline_id: pipeline.id,
    color: status.color,
    type: status.type,
    account_id: world.account.id,
    _links: selfLink(place, `leads/pipelines/${pipeline.id}/statuses/${status.id}`),
  };
}
