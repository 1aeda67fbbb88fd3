-- The fragment that stands for a profile names the others in its state (`g`), so that a profile is read by key. A state is a JSON object and never empty.
update fragment f set state = left(f.state, -1) || ',"g":[' || m.ids || ']}'
from (select workspace_id, profile, string_agg(id::text, ',' order by id) as ids
      from fragment where profile <> id group by workspace_id, profile) m
where f.workspace_id = m.workspace_id and f.id = m.profile;
