import type { Language } from "../page/page.ts";

const UNITS = [
  { seconds: 86_400, en: "d", ru: "д" },
  { seconds: 3600, en: "h", ru: "ч" },
  { seconds: 60, en: "min", ru: "мин" },
  { seconds: 1, en: "s", ru: "с" },
] as const;

/** "2 d 4 h": the two greatest units that are not 0, the smaller one rounded; null for what is no number. */
export function durationText(language: Language, seconds: number): string | null {
  if (!Number.isFinite(seconds)) return null;
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.round(Math.abs(seconds));
  const greatest = UNITS.findIndex((unit) => unit.seconds <= whole);
  if (greatest < 0) return `0 ${UNITS[3][language]}`;
  // Rounding may carry (59 min 59 s of an hour): the smaller unit decides, then the greater is chosen anew.
  const smaller = UNITS[Math.min(greatest + 1, UNITS.length - 1)] ?? UNITS[3];
  const rounded = Math.round(whole / smaller.seconds) * smaller.seconds;
  const parts: string[] = [];
  let rest = rounded;
  for (const unit of UNITS) {
    const count = Math.floor(rest / unit.seconds);
    rest -= count * unit.seconds;
    if (count > 0) parts.push(`${count} ${unit[language]}`);
  }
  return sign + parts.slice(0, 2).join(" ");
}
