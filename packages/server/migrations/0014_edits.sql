-- How often each thing that several people edit has been changed, by whom and when last: whoever saves says which version was looked at, so that nobody's work is replaced unseen.
create table edit (
  workspace_id int not null references workspace,
  -- kind and id, such as `audience:vip`; it stays when the thing is taken away, so that a version never comes twice
  thing text not null,
  version int not null,
  edited_by text not null,
  edited_at timestamptz not null,
  primary key (workspace_id, thing)
);
