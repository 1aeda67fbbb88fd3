-- What was refused or quarantined is work: open until somebody sends it again or sets it aside ------

alter table outcome
  add column dismissed_at timestamptz,
  -- who sent it again or set it aside last, by name
  add column handled_by text;

create index outcome_open on outcome (workspace_id, outcome, id)
  where raw is not null and replayed_at is null and dismissed_at is null;
