-- What:  finds how far a mart has read the changed days of cars, and to which day it goes
-- Grain: mart_reading: one row
-- Reads: dds.changed_car_day, dm.build, ops.watermark
--
-- The mart is the table that the task fills.

select ops.lock_watermarks(
    'dds.changed_car_day', 'dm.' || current_setting('rental.target') || '/car_days'
);

create temporary table mart_reading on commit drop as
select
    watermark.name,
    watermark.position as read_from,
    coalesce(
        (select max(changed_car_day.change_seq) from dds.changed_car_day),
        watermark.position
    ) as read_to,
    watermark.cursor_day as last_day_before,
    build.last_finished_day as last_day,
    build.business_tz as settings,
    watermark.settings is distinct from build.business_tz as is_everything
from ops.watermark
cross join dm.build
where watermark.name = 'dm.' || current_setting('rental.target') || '/car_days';

-- The planner must know that it is one row: the facts beside it are millions.
analyze mart_reading;

select
    mart_reading.read_to - mart_reading.read_from as notes_read,
    mart_reading.is_everything::integer as built_from_everything
from mart_reading;
