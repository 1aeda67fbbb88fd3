-- Links with which a member chooses a new password.
create table password_reset (
  -- SHA-256 of the secret; each is used once
  secret_hash bytea primary key,
  team_member_id int not null references team_member on delete cascade,
  until timestamptz not null
);
create index password_reset_by_member on password_reset (team_member_id);
