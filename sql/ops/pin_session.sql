-- What:  sets, for this transaction, what answers depend on and a server or role may preset
-- Grain: one row
-- Reads: nothing
-- `begin` says isolation and write access. Here and not in start-up parameters, because PgBouncer
-- refuses those that it does not know, and gives every transaction another connection.
select
    set_config('TimeZone', 'UTC', true) as time_zone,
    set_config('DateStyle', 'ISO, YMD', true) as date_style,
    set_config('IntervalStyle', 'postgres', true) as interval_style,
    set_config('search_path', 'public', true) as search_path,
    set_config('standard_conforming_strings', 'on', true) as standard_conforming_strings,
    set_config('transform_null_equals', 'off', true) as transform_null_equals,
    set_config('array_nulls', 'on', true) as array_nulls,
    set_config('quote_all_identifiers', 'off', true) as quote_all_identifiers,
    set_config('extra_float_digits', '1', true) as extra_float_digits,
    set_config('bytea_output', 'hex', true) as bytea_output,
    set_config('lc_numeric', 'C', true) as lc_numeric,
    set_config('lc_monetary', 'C', true) as lc_monetary,
    set_config('lc_time', 'C', true) as lc_time,
    set_config('row_security', 'on', true) as row_security,
    set_config('check_function_bodies', 'on', true) as check_function_bodies,
    set_config('exit_on_error', 'off', true) as exit_on_error,
    -- TASK_BUDGET_MIN cuts what takes too long, on every server after the same time.
    set_config('statement_timeout', '0', true) as statement_timeout,
    set_config('lock_timeout', '0', true) as lock_timeout,
    set_config('idle_in_transaction_session_timeout', '0', true) as idle_timeout,
    case
        when current_setting('transaction_timeout', true) is not null -- 17 and later
            then set_config('transaction_timeout', '0', true)
    end as transaction_timeout,
    -- The default of 4 is that of spinning disks: with it the planner reads a whole table of
    -- 200,000 leads to find the 5,000 that changed, and a day costs what the history holds.
    set_config('random_page_cost', '1.1', true) as random_page_cost,
    -- The planner cannot know how many rows generate_series and fresh temporary tables give,
    -- guesses high, and would compile for a second or more what runs for milliseconds.
    set_config('jit', 'off', true) as jit;
