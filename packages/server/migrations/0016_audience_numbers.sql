-- What audiences count belongs to audiences: the cursor of the processor is a row that every batch writes.
create table audience_numbers (
  workspace_id int primary key references workspace (id),
  next_audience int not null default 1,
  next_version int not null default 1,
  next_series int not null default 1,
  -- everyone must be asked again: rules or the zone have changed
  review_due boolean not null default false
);

insert into audience_numbers (workspace_id, next_audience, next_version, next_series, review_due)
select workspace_id, next_audience, next_version, next_series, review_due from walk;

alter table walk
  drop column next_audience,
  drop column next_version,
  drop column next_series,
  drop column review_due;
