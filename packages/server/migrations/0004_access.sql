-- Access ------------------------------------------------------------------------------------------

alter table workspace
  add column is_demo boolean not null default false,
  -- removing: its keys are refused, and its rows go in the background
  add column status text not null default 'ready' check (status in ('ready', 'removing'));

create table team_member (
  id int primary key generated always as identity,
  -- in lower case
  email text not null unique,
  name text not null,
  role text not null check (role in ('owner')),
  -- in which the console speaks to them; null: as the browser asks
  language text check (language in ('fr', 'en')),
  -- Argon2id, with its salt and costs
  password_hash text not null,
  created_at timestamptz not null default now()
);

create table session (
  -- SHA-256 of the token: the token itself is in the member's cookie only
  token_hash bytea primary key,
  team_member_id int not null references team_member on delete cascade,
  created_at timestamptz not null,
  -- to the minute: a request does not write
  used_at timestamptz not null
);
create index session_by_member on session (team_member_id, created_at);
create index session_by_age on session (created_at);
