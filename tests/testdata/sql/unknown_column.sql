-- What:  fails in its second statement, behind an emoji and a tab
create temporary table fleet (plate text) on commit drop;

select
    '🚗' as sign, fleet.colour
from fleet;
