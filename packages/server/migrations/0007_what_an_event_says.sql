-- Of what came by the way of archives, the times of sending correct nothing, also when it is sent again.
alter table outcome add column times_as_given boolean not null default false;
