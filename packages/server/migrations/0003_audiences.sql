-- Audiences and time ------------------------------------------------------------------------------

-- In which days, weeks and months begin and end.
alter table workspace add column zone text not null default 'UTC';

-- The workspace's time: the latest receipt or tick that was walked; it never goes back.
alter table walk
  add column clock bigint not null default 0,
  -- how often a command has changed rules or audiences: whoever follows the walk reads them anew
  add column generation bigint not null default 0,
  -- the rules have changed: everyone must be asked again
  add column review_due boolean not null default false,
  add column next_audience int not null default 1,
  add column next_version int not null default 1,
  add column next_series int not null default 1;

create table audience (
  workspace_id int not null,
  id int not null,
  key text not null,
  name text not null,
  -- as it was sent; what is asked stands in audience_version
  condition jsonb not null,
  population text not null check (population in ('known', 'all')),
  -- how often it was defined
  revision int not null,
  -- the version whose members are shown; 0: none yet
  live_version int not null default 0,
  -- whether `live_version` is of this revision, and of the present definition of the audiences that it names
  is_live boolean not null default false,
  -- why it cannot be prepared
  fault text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, key)
);

-- One definition, canonical, with its population and without names of other audiences.
create table audience_version (
  workspace_id int not null,
  id int not null,
  audience int not null,
  revision int not null,
  condition jsonb not null,
  follows int not null,
  -- position from which its members are complete; 0: not yet
  live_position bigint not null default 0,
  live_at timestamptz,
  primary key (workspace_id, id)
);

-- What fragments remember of events, by number: `key` is the canonical text of what is remembered.
create table series (
  workspace_id int not null,
  id int not null,
  key text not null,
  -- kept from here on by the walk; what was before comes from ClickHouse
  from_position bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, key)
);

-- A pass over all fragments that brings history to new series and asks new versions; one at a time.
create table sweep (
  workspace_id int primary key,
  -- of the command that began it
  position bigint not null,
  clock bigint not null,
  versions int[] not null,
  series int[] not null,
  -- whether people without any event must be asked too
  everyone boolean not null,
  -- position from which the walk sees `sweep_state`; 0: ClickHouse is still computing it
  landed_position bigint not null default 0,
  -- whether the versions are shown before every fragment has taken its history
  early boolean not null,
  -- position of a sweep that is live and was not settled when this one began; this one settles it too; 0: none
  earlier_position bigint not null default 0,
  -- since when, milliseconds since the epoch, something that is live has not been settled
  unsettled_since bigint not null,
  is_live boolean not null default false,
  -- fragments below have taken their history
  done_to bigint not null,
  -- fragments from here on were made later and need no history
  until bigint not null,
  started_at timestamptz not null
);

-- What a sweep found in history: series (`c`) and memberships (`m`) by fragment, as JSON. A fragment takes it when it is next loaded; a part of the sweep sees to the rest.
create table sweep_state (
  workspace_id int not null,
  -- position of the sweep that found it
  sweep bigint not null,
  fragment bigint not null,
  body text not null
);
create index sweep_state_by_fragment on sweep_state (workspace_id, fragment);

-- Moments for which profiles are armed. A row is a hint: whoever comes too early is asked, and armed anew.
create table timer (
  workspace_id int not null,
  at bigint not null,
  profile bigint not null
);
create index timer_by_time on timer (workspace_id, at);

-- Series that have more events in a fragment than may be kept there: ClickHouse answers for them.
create table cold_series (
  workspace_id int not null,
  series int not null,
  fragment bigint not null
);
create index cold_series_by_workspace on cold_series (workspace_id, series);
