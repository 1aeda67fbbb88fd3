-- Configuration ---------------------------------------------------------------------------------

create table workspace (
  id int primary key generated always as identity,
  slug text not null unique,
  name text not null,
  kind text not null check (kind in ('live', 'sandbox')),
  -- 16 bytes that shuffle the printable ids of profiles
  profile_id_key bytea not null,
  created_at timestamptz not null default now()
);

create table source (
  id int primary key generated always as identity,
  workspace_id int not null references workspace,
  slug text not null,
  name text not null,
  kind text not null,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  unique (workspace_id, slug)
);

create table write_key (
  key text primary key,
  workspace_id int not null references workspace,
  source_id int not null references source,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table api_key (
  id int primary key generated always as identity,
  workspace_id int not null references workspace,
  name text not null,
  -- SHA-256 of the key: the key itself is shown once and kept nowhere
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table source_warning (
  workspace_id int not null,
  source_id int not null,
  code text not null,
  count bigint not null,
  last_message text not null,
  last_at timestamptz not null,
  primary key (workspace_id, source_id, code)
);

-- The event log ---------------------------------------------------------------------------------

-- One row a workspace. Its lock, taken by the append, makes the order of commits the order of positions.
create table log_head (
  workspace_id int primary key references workspace,
  position bigint not null default 0,
  accepted bigint not null default 0,
  refused bigint not null default 0
) with (fillfactor = 50);

create table log_segment (
  segment int primary key generated always as identity,
  created_at timestamptz not null default now(),
  closed_at timestamptz
);

-- Raw bytes, one row for one group commit of one workspace; a partition is a segment and is dropped whole.
create table log (
  segment int not null,
  workspace_id int not null,
  first_position bigint not null,
  last_position bigint not null,
  body bytea not null,
  primary key (workspace_id, last_position, segment)
) partition by list (segment);
alter table log alter column body set storage external;

-- The walk --------------------------------------------------------------------------------------

-- The cursor of the one writer. Saving moves `position` from the old value under the epoch held: no row, no save.
create table walk (
  workspace_id int primary key references workspace,
  position bigint not null default 0,
  epoch bigint not null default 0,
  holder text,
  renewed_at timestamptz,
  next_fragment bigint not null default 1,
  next_identifier bigint not null default 1,
  next_ledger bigint not null default 1,
  -- events only; positions count commands too
  processed bigint not null default 0,
  duplicates bigint not null default 0,
  filtered bigint not null default 0,
  quarantined bigint not null default 0,
  erased bigint not null default 0
) with (fillfactor = 50);

-- messageIds of the deduplication window, by the day of receipt; a day is a partition and is dropped whole.
create table message_id (
  day date not null,
  workspace_id int not null,
  id uuid not null,
  -- of the event's bytes: the same id with another body is not a copy
  fingerprint bigint not null,
  primary key (workspace_id, id, day)
) partition by list (day);

-- What did not become a row of the person: refused, quarantined, filtered (with raw bytes), and copies (without).
create table outcome (
  id bigint primary key generated always as identity,
  workspace_id int not null,
  outcome text not null check (outcome in ('refused', 'quarantined', 'filtered', 'duplicate')),
  code text not null,
  message text not null,
  path text,
  source_id int not null,
  position bigint,
  message_id text,
  received_at timestamptz not null,
  raw bytea
);
create index outcome_by_workspace on outcome (workspace_id, id);
create index outcome_by_age on outcome (received_at);

-- State and identity ----------------------------------------------------------------------------

-- The only place of identifier values. owner 0: known, linked to nothing.
create table identifier (
  workspace_id int not null,
  id bigint not null,
  namespace text not null,
  value text collate "C" not null,
  owner bigint not null,
  primary key (workspace_id, id)
);
create unique index identifier_by_value on identifier (workspace_id, namespace, value);

-- The identity rules in force, put there by a command of the log; no row: the defaults.
create table identity_rules (
  workspace_id int primary key references workspace,
  rules jsonb not null,
  position bigint not null
);

-- What was learnt under one anchor. profile = id: stands alone or stands for others.
create table fragment (
  workspace_id int not null,
  id bigint not null,
  profile bigint not null,
  state text not null,
  primary key (workspace_id, id)
) with (fillfactor = 80);
create index fragment_by_profile on fragment (workspace_id, profile) where profile <> id;

create table ledger (
  workspace_id int not null,
  id bigint not null,
  kind text not null,
  fragment bigint not null,
  other bigint not null,
  identifiers bigint[] not null,
  rule text not null,
  position bigint not null,
  at timestamptz not null,
  primary key (workspace_id, id)
);
create index ledger_by_fragment on ledger (workspace_id, fragment);
create index ledger_by_other on ledger (workspace_id, other) where other <> 0;

-- An active merge of two fragments.
create table edge (
  workspace_id int not null,
  ledger bigint not null,
  a bigint not null,
  b bigint not null,
  primary key (workspace_id, ledger)
);
create index edge_by_a on edge (workspace_id, a);
create index edge_by_b on edge (workspace_id, b);

-- The door to ClickHouse ------------------------------------------------------------------------

-- What the walk decided about each event of a micro-batch, for the loader.
create table load_entry (
  workspace_id int not null,
  first_position bigint not null,
  last_position bigint not null,
  events int not null,
  body bytea not null,
  primary key (workspace_id, last_position)
);

-- Up to where everything is in ClickHouse, and the block under way: fixed before it is inserted.
create table load_cursor (
  workspace_id int primary key references workspace,
  position bigint not null default 0,
  -- events only; positions count commands too
  loaded bigint not null default 0,
  block_to bigint,
  erasure_epoch int not null default 0
) with (fillfactor = 50);
