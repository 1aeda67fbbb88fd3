-- Partner systems. What is secret of the settings is sealed with the key of the installation.
create table destination (
  id int primary key generated always as identity,
  workspace_id int not null references workspace,
  kind text not null,
  name text not null,
  settings jsonb not null,
  secrets bytea not null,
  enabled boolean not null default true,
  -- why we stopped by ourselves: the partner refused us, or is gone
  stopped_because text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index destination_by_workspace on destination (workspace_id);

-- From a source or an audience to a destination: made, changed and taken away by commands of the log; id is the position of the first.
create table connection (
  workspace_id int not null references workspace,
  id bigint not null,
  destination_id int not null references destination,
  -- '*' or a slug; or else an audience
  source text,
  audience text,
  action text not null,
  filter jsonb,
  mapping jsonb,
  purpose text not null,
  enabled boolean not null,
  -- up to which profile the current members have been sent, when that was asked for; -1: all of them
  members_after bigint,
  members_sent bigint not null default 0,
  members_of bigint,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (workspace_id, id),
  check ((source is null) <> (audience is null))
);
create index connection_by_destination on connection (destination_id);

alter table walk add column next_delivery bigint not null default 1;

-- One payload owed to one destination: appended by the walk in the transaction of what caused it, never changed, dropped by the day.
create table delivery (
  day date not null,
  workspace_id int not null,
  number bigint not null,
  destination_id int not null,
  connection bigint not null,
  position bigint not null,
  -- 0: nobody's
  profile bigint not null,
  event_type text not null,
  event_name text not null,
  purpose text not null,
  created_at timestamptz not null,
  -- of a membership: the audience, since when, and the profile that goes on when this one was merged into it
  audience text,
  since timestamptz,
  merged_into bigint,
  -- null of a membership: its payload is made when it is first sent
  body text,
  primary key (workspace_id, number, day)
) partition by range (day);
create index delivery_by_destination on delivery (workspace_id, destination_id, number);
create index delivery_by_profile on delivery (workspace_id, profile, number) where profile <> 0;
create index delivery_by_position on delivery (workspace_id, position);
create index delivery_by_connection on delivery (workspace_id, connection, number);

-- How a delivery ended. One row at most: a replay takes it away and the delivery is owed again.
create table delivery_end (
  day date not null,
  workspace_id int not null,
  number bigint not null,
  destination_id int not null,
  status text not null,
  reason text,
  ended_at timestamptz not null,
  primary key (workspace_id, number, day)
) partition by range (day);
create index delivery_end_by_status on delivery_end (workspace_id, status, destination_id, number);

-- A try. The request's body stands here when the delivery has none of its own.
create table delivery_attempt (
  day date not null,
  workspace_id int not null,
  number bigint not null,
  at timestamptz not null,
  ms int not null,
  status int,
  error text,
  message text,
  url text not null,
  request_headers jsonb not null,
  request_body text,
  response_headers jsonb,
  response_body text,
  truncated boolean not null default false
) partition by range (day);
create index delivery_attempt_by_delivery on delivery_attempt (workspace_id, number);

-- Those that wait for another try; next_at null: behind an earlier one of the same profile.
create table delivery_wait (
  workspace_id int not null,
  number bigint not null,
  day date not null,
  destination_id int not null,
  profile bigint not null,
  tries int not null,
  next_at timestamptz,
  body text,
  -- has ended before, and was asked for again
  replayed boolean not null default false,
  primary key (workspace_id, number)
) with (fillfactor = 70);
create index delivery_wait_due on delivery_wait (destination_id, next_at);
create index delivery_wait_tried on delivery_wait (destination_id) where tries > 0;
create index delivery_wait_by_profile on delivery_wait (destination_id, profile, number);

-- One row a destination: up to where everything has ended or waits, and running counts.
create table delivery_queue (
  destination_id int primary key,
  workspace_id int not null,
  -- numbers up to here are ended or wait
  done_to bigint not null default 0,
  delivered bigint not null default 0,
  delivered_first_try bigint not null default 0,
  failed bigint not null default 0,
  held bigint not null default 0,
  cancelled bigint not null default 0,
  breaker jsonb not null default '{"state":"closed"}',
  -- asked for by the destination: nothing before
  rest_until timestamptz,
  last_delivered_at timestamptz,
  last_error text,
  p95_ms int
) with (fillfactor = 50);
create index delivery_queue_by_workspace on delivery_queue (workspace_id);

-- How many deliveries the walk has owed to it: apart, so that the walk waits for no one.
create table delivery_owed (
  destination_id int primary key,
  workspace_id int not null,
  owed bigint not null default 0
) with (fillfactor = 50);

create table delivery_hour (
  destination_id int not null,
  workspace_id int not null,
  hour timestamptz not null,
  delivered bigint not null default 0,
  delivered_first_try bigint not null default 0,
  failed bigint not null default 0,
  held bigint not null default 0,
  primary key (destination_id, hour)
);
