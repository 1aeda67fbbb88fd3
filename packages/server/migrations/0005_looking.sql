-- Looking at events -------------------------------------------------------------------------------

alter table outcome
  -- of a refused one, which has no position: that of the log's head when it came
  add column after_position bigint,
  -- as far as they could be told
  add column type text,
  add column name text,
  -- sent as history
  add column is_history boolean not null default false,
  -- when it was last sent again
  add column replayed_at timestamptz,
  -- and what became of that: a position, unless it is under way or was cut short
  add column replayed_position bigint;

-- those of before: after the last one that has a position
update outcome o set after_position = coalesce(b.position, 0)
from (select id, max(position) over (partition by workspace_id order by id) as position from outcome) b
where b.id = o.id and o.position is null;

create index outcome_by_place on outcome (workspace_id, (coalesce(position, after_position)), id);

create index ledger_by_position on ledger (workspace_id, position);
