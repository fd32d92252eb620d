import type { Language } from "../page/page.ts";

/** In English its own description says it. */
const dagsRu: Readonly<Record<string, string>> = {
  daily_amocrm_load_leads:
    "Копирует из amoCRM в STG сделки, которые когда-либо были в воронке проката",
  daily_amocrm_load_clients: "Копирует каталог клиентов из amoCRM в STG",
  daily_amocrm_load_cars: "Копирует каталог машин из amoCRM в STG",
  daily_amocrm_load_events:
    "Копирует события сделок из amoCRM в STG и помечает сделки, которые удалены",
  daily_build_dict_status_leads: "Обновляет справочник воронок и статусов по amoCRM",
  daily_load_ods_leads: "Вносит загруженные сделки в их историю",
  daily_load_ods_clients: "Вносит загруженных клиентов в их историю",
  daily_load_ods_cars: "Вносит загруженные машины в их историю",
  daily_build_dds_dim: "Обновляет измерения машин, клиентов и статусов по истории",
  daily_build_dds_fact: "Обновляет факты и календарь по истории",
  daily_build_dm: "Обновляет витрины по фактам",
};

/** What a DAG does, in the language of a page; in English where nobody has put it into Russian. */
export function describeDag(
  { id, description }: { readonly id: string; readonly description: string },
  language: Language,
): string {
  return language === "ru" ? dagsRu[id] ?? description : description;
}
