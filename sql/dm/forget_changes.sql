-- What:  removes changes that every mart has taken in
-- Grain: one row per merge that changed leads or days of cars
-- Reads: dds.changed_lead, dds.changed_car_day, ops.watermark

select ops.lock_watermarks('dds.changed_lead', 'dds.changed_car_day');

select
    dds.forget_changed_leads() as lead_notes_forgotten,
    dds.forget_changed_car_days() as car_day_notes_forgotten;
