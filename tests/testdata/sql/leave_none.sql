-- What:  leaves nothing
select 'leave_none' as told_last;
