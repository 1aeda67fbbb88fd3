-- Who may do what in a workspace. One who is invited has an address and no team_member yet.
create table workspace_member (
  id int primary key generated always as identity,
  -- members see that it is being removed until the last of it is gone
  workspace_id int not null references workspace (id) on delete cascade,
  -- null: invited
  team_member_id int references team_member on delete cascade,
  -- of one who is invited, in lower case; null: accepted
  email text,
  role text not null check (role in (
    'owner', 'admin', 'marketer', 'analyst', 'developer', 'privacy_officer', 'support', 'viewer')),
  -- from then on the role is gone; null: it has no end
  until timestamptz,
  created_at timestamptz not null default now(),
  -- SHA-256 of the invitation's token; null: accepted
  invitation_hash bytea unique,
  invitation_until timestamptz,
  check ((team_member_id is null) = (email is not null)),
  check ((team_member_id is null) = (invitation_hash is not null)),
  check ((team_member_id is null) = (invitation_until is not null)),
  unique (workspace_id, team_member_id),
  unique (workspace_id, email)
);
create index workspace_member_by_person on workspace_member (team_member_id);

insert into workspace_member (workspace_id, team_member_id, role)
select w.id, m.id, 'owner' from workspace w cross join team_member m;

alter table team_member
  -- the one whom the environment names, the first of the installation
  add column owns_installation boolean not null default false;
update team_member set owns_installation = true where id = (select min(id) from team_member);
alter table team_member drop column role;
