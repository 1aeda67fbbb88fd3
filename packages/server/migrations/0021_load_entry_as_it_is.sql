-- What waits for the loader is read again only after a restart and lives for a second: compressing it costs more than
-- it saves.
alter table load_entry alter column body set storage external;
