-- What:  removes changes that every mart has taken in
-- Grain: one row per merge that changed leads, and per changed day of a car
-- Reads: dds.changed_lead, dds.changed_car_day, ops.watermark

select ops.lock_watermarks('dds.changed_lead', 'dds.changed_car_day');

select
    dds.forget_changed_leads() as notes_forgotten,
    dds.forget_changed_car_days() as car_days_forgotten;
