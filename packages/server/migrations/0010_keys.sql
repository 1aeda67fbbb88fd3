-- Keys --------------------------------------------------------------------------------------------

alter table api_key
  -- the first characters, by which people tell their keys apart; null: made before they were kept
  add column prefix text,
  -- what it opens (protocol/src/key-api.ts); keys made before scopes have all
  add column scopes text[] not null default '{read,people,audiences,destinations,admin}',
  -- fixed by AFFLUENT_API_KEY: another value there takes its place
  add column from_environment boolean not null default false,
  -- from then on it is good no more; null: it has no end
  add column expires_at timestamptz,
  -- about to the minute: a request does not write
  add column last_used_at timestamptz;
update api_key set from_environment = true where name = 'environment';
create index api_key_by_workspace on api_key (workspace_id);

alter table write_key
  add column from_environment boolean not null default false,
  add column expires_at timestamptz,
  add column last_used_at timestamptz;
create index write_key_by_source on write_key (source_id);

-- Every process holds workspaces, sources and keys in memory. It is told of a change at commit, whoever makes it, and reads them anew.
create function tell_registry() returns trigger language plpgsql as $$
begin
  notify affluent_registry;
  return null;
end $$;
create trigger told after insert or delete or update of revoked_at, expires_at, scopes on api_key
  for each statement execute function tell_registry();
create trigger told after insert or delete or update of revoked_at, expires_at on write_key
  for each statement execute function tell_registry();
create trigger told after insert or delete or update on source
  for each statement execute function tell_registry();
create trigger told after insert or delete or update on workspace
  for each statement execute function tell_registry();

-- Sessions ----------------------------------------------------------------------------------------

alter table session
  -- by which its member ends it; the token is in the cookie only
  add column id int generated always as identity unique,
  -- browser and system, as the browser names them; null: it does not say, or began before this was kept
  add column device text,
  -- the network that it was begun from: an address cut
  add column address text;
