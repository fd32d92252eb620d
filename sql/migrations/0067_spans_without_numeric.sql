-- What:  the class of a span at a fifth of the price: each version that ends is put into an index by it, and each rental
-- Data:  two indexes are made anew, since the last digit of the seconds may differ (under a second per million)

-- date_part gives the seconds as the double that is wanted here; extract makes a numeric of them first.
create or replace function dds.span_class(span_start timestamptz, span_end timestamptz)
returns integer
language sql
immutable
parallel safe
return least(
    36,
    ceil(
        ln(greatest(1, date_part('epoch', span_end - span_start)))
        / ln(2::double precision)
    )
)::integer;

-- A first build that takes its indexes away has made them again when it ends; somebody may have dropped one by hand.
do $$
declare
    by_span regclass;
begin
    foreach by_span in array array[
        to_regclass('ods.ods_leads_hist_past_by_span'),
        to_regclass('dds.fact_rentals_by_span')
    ]
    loop
        if by_span is not null then
            execute format('reindex index %s', by_span);
        end if;
    end loop;
end;
$$;
