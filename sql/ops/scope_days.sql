-- What:  shows checks of fleet usage those days to which one of them may object, found in one
--        reading for all of them
-- Grain: suspect_days: a car and day
-- Reads: changed_days (what dds.fact_fleet_usage_day has of changed_car_days), listed_rentals (what
--        dds.fact_rentals has of the leads on them)
--
-- Nearly all days are right, so that next to none is kept. Each check says its rule again, of
-- these few: whatever it objects to must be let through here. A list of one lead, or of none, is
-- held against its rental; one of more, or whose length is not the number beside it, is kept.

insert into suspect_days
select changed_days.*
from changed_days
left join listed_rentals on changed_days.lead_ids[1] = listed_rentals.lead_id
where
    changed_days.rentals_cnt > 1
    or changed_days.rentals_cnt <> cardinality(changed_days.lead_ids)
    or changed_days.is_rented <> (changed_days.rentals_cnt > 0)
    or changed_days.is_double_booked
    or changed_days.amount_share < 0
    or changed_days.amount_share <> coalesce(
        dds.share_of_day(
            listed_rentals.amount, listed_rentals.first_day, listed_rentals.last_day,
            changed_days.usage_date
        ),
        0
    )
    or (
        changed_days.rentals_cnt > 0
        and (
            listed_rentals.is_booking
            and changed_days.car_id = listed_rentals.car_id
            and changed_days.usage_date
            between listed_rentals.first_day and listed_rentals.last_day
        ) is not true
    );

select count(*) as days_to_judge
from suspect_days;
