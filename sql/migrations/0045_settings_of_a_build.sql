-- What:  lets the marts say by which COHORT_MATURITY_DAYS they count
-- Data:  nothing is computed anew; the next build writes it down

alter table dm.build
add column cohort_maturity_days integer;

comment on column dm.build.cohort_maturity_days is 'Days after which a lead counts as mature (COHORT_MATURITY_DAYS); null until a build of this version';
