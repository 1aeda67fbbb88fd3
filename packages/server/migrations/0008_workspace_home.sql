-- Where a workspace is at home --------------------------------------------------------------------

alter table workspace
  -- ISO 4217; null: none
  add column currency text,
  -- ISO 3166: completes telephone numbers; null: they stay as they are written
  add column country text;
update workspace set zone = 'Europe/Paris', currency = 'EUR', country = 'FR' where is_demo;
-- their windows follow the calendar of another zone
update walk set review_due = true where workspace_id in (select id from workspace where is_demo);

-- The pass over stored identifiers that brings them to the form that their values have now; a row while one is under way. namespace null: all.
create table respelling (
  workspace_id int primary key references workspace,
  namespace text,
  after bigint not null,
  until bigint not null
);
insert into respelling (workspace_id, namespace, after, until) select workspace_id, null, 0, next_identifier - 1 from walk where next_identifier > 1;

-- Who decided, where a person or a program did ------------------------------------------------------

alter table ledger
  -- key: a program, by its API key
  add column author_kind text check (author_kind in ('member', 'key')),
  -- the name at that time
  add column author text;
