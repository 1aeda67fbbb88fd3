-- What a command did not change, and why an audience failed ----------------------------------------

-- Commands that changed nothing, with the reason: whoever gave one may be another process than the one that carries it out. Kept for a day.
create table refused_command (
  workspace_id int not null,
  position bigint not null,
  code text not null,
  message text not null,
  path text,
  at timestamptz not null,
  primary key (workspace_id, position)
);

-- What `fault` says, as a code.
alter table audience add column fault_code text;
update audience set fault_code = 'invalid_condition' where fault is not null;

-- A place is noted once.
create table cold_place (
  workspace_id int not null,
  series int not null,
  fragment bigint not null,
  primary key (workspace_id, series, fragment)
);
insert into cold_place select distinct workspace_id, series, fragment from cold_series;
drop table cold_series;
alter table cold_place rename to cold_series;
alter index cold_place_pkey rename to cold_series_pkey;
