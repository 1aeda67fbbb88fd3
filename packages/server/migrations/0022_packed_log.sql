-- Bytes of a body of the log before it was packed; null: it stands as it was.
alter table log add column bytes int;
