import type { FrameProps } from "../page/frame_props.ts";
import type { Filter, Markup, PageState } from "../page/page.ts";
import { PARAMETERS_OF } from "../page/parameters.ts";
import { wordsOf } from "../words/words.ts";
import { addressOf } from "./links.ts";

interface FiltersProps {
  readonly frame: FrameProps;
  readonly state: PageState;
  readonly filters: readonly Filter[];
}

/** What a page can be asked for, as a form whose answer is an address. */
export function Filters({ frame, state, filters }: FiltersProps): Markup | string {
  if (filters.length === 0) return "";
  const words = wordsOf(frame.language).frame;
  const own = new Set(filters.flatMap((filter) => PARAMETERS_OF[filter]));
  // Another period or car begins at the first page of its list again.
  const kept = Object.entries(frame.address).filter(([name]) => !own.has(name) && name !== "page");
  const has = (filter: Filter): boolean => filters.includes(filter);
  return (
    <form class="filters" method="get" action={frame.path} aria-label={words.filters} data-filters>
      {kept.map(([name, value]) => <input type="hidden" name={name} value={value} />)}
      {has("period") ? <PeriodFields frame={frame} state={state} /> : ""}
      {has("model") ? <ModelField frame={frame} state={state} /> : ""}
      {has("car") ? <CarField frame={frame} state={state} /> : ""}
      {has("as_of")
        ? (
          <label>
            <span>{words.asOf}</span>
            <input type="date" name="as_of" value={state.asOf?.toString() ?? ""} />
          </label>
        )
        : ""}
      <div class="filter-buttons">
        <button type="submit">{words.show}</button>
        <a
          class="quiet"
          href={addressOf("", { lang: frame.address["lang"] ?? "" }, frame.path)}
        >
          {words.reset}
        </a>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly frame: FrameProps;
  readonly state: PageState;
}

function PeriodFields({ frame, state }: FieldProps): Markup {
  const words = wordsOf(frame.language).frame;
  return (
    <>
      <label>
        <span>{words.from}</span>
        <input type="date" name="from" value={state.period.from.toString()} />
      </label>
      <label>
        <span>{words.to}</span>
        <input type="date" name="to" value={state.period.to.toString()} />
      </label>
    </>
  );
}

function ModelField({ frame, state }: FieldProps): Markup {
  const words = wordsOf(frame.language).frame;
  return (
    <label>
      <span>{words.model}</span>
      <select name="model">
        <option value="">{words.anyModel}</option>
        {(frame.choices?.models ?? []).map((model) => (
          <option value={model} selected={state.model === model}>{model}</option>
        ))}
      </select>
    </label>
  );
}

function CarField({ frame, state }: FieldProps): Markup {
  const words = wordsOf(frame.language).frame;
  return (
    <label>
      <span>{words.car}</span>
      <select name="car">
        <option value="">{words.anyCar}</option>
        {(frame.choices?.cars ?? []).map((car) => (
          <option value={String(car.id)} selected={state.car === car.id}>{car.name}</option>
        ))}
      </select>
    </label>
  );
}
