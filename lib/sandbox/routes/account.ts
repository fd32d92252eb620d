import type { Hono } from "hono";
import { selfLink } from "../account/links.ts";
import type { World } from "../account/world.ts";
import type { Account } from "../account/account.ts";
import { at, parseBrackets, texts } from "./bracket_query.ts";
import { placeOf } from "./paging.ts";
import { hal } from "./problems.ts";

/** `GET /api/v4/account`, whole parts of which come only on request through `with`. */
export function addAccountRoutes(app: Hono, world: World): void {
  app.get("/api/v4/account", (context) => {
    const query = parseBrackets(new URL(context.req.url).search);
    const wanted = new Set(texts(at(query, "with")));
    const parts = Object.entries(optionalParts()).filter(([name]) => wanted.has(name));
    return hal({
      ...describe(world.account),
      _links: selfLink(placeOf(context), "account"),
      ...Object.fromEntries(parts),
      _embedded: Object.fromEntries(
        Object.entries(embeddedParts(world)).filter(([name]) => wanted.has(name)),
      ),
    });
  });
}

function describe(account: Account): object {
  return {
    id: account.id,
    name: account.subdomain,
    subdomain: account.subdomain,
    created_at: account.createdAt,
    created_by: 0,
    updated_at: account.createdAt,
    updated_by: 0,
    current_user_id: account.userId,
    country: "AE",
    currency: account.currency,
    currency_symbol: account.currency,
    customers_mode: "disabled",
    is_unsorted_on: true,
    mobile_feature_version: 0,
    is_loss_reason_enabled: true,
    is_helpbot_enabled: false,
    is_technical_account: false,
    contact_name_display_order: 1,
  };
}

function optionalParts(): Record<string, unknown> {
  return {
    amojo_id: "7b4a1d5e-3a0f-4f6b-9c55-6d1f3c2a9e10",
    version: 26,
    drive_url: "https://drive.invalid",
    is_api_filter_enabled: true,
  };
}

function embeddedParts(world: World): Record<string, unknown> {
  return {
    amojo_rights: { can_direct: true, can_create_groups: true },
    users_groups: [{ id: 0, name: "Отдел продаж", uuid: null }],
    task_types: [
      { id: 1, name: "Связаться", color: null, icon_id: null, code: "FOLLOW_UP" },
      { id: 2, name: "Встреча", color: null, icon_id: null, code: "MEETING" },
    ],
    datetime_settings: datetimeSettings(world),
  };
}

function datetimeSettings(world: World): object {
  const { timezone } = world.account;
  const now = Temporal.Instant.fromEpochMilliseconds(world.clock.nowMs());
  return {
    date_pattern: "d.m.Y H:i",
    short_date_pattern: "d.m.Y",
    short_time_pattern: "H:i",
    date_format: "d.m.Y",
    time_format: "H:i:s",
    timezone,
    timezone_offset: now.toZonedDateTimeISO(timezone).offset,
  };
}
