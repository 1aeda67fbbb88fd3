-- As which role an owner looks at the workspaces that they own, in this session; null: as what they are.
alter table session add column view_as text check (view_as in (
  'admin', 'marketer', 'analyst', 'developer', 'privacy_officer', 'support', 'viewer'));
