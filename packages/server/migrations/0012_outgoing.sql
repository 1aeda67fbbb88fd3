-- Tokens in the query of a webhook's URL are secrets: what was tried so far is shown without them. Destinations themselves are sealed anew by the next start, which has the key.
update delivery_attempt set url = regexp_replace(url, '\?.*$', '?***') where url like '%?%';

-- Fields without which a delivery is held.
alter table connection add column required text[] not null default '{}';
-- Values of the traits that the mapping of a membership asks for, as JSON by path, as they were decided; null: it asks for none.
alter table delivery add column traits text;
-- Why it is made and not sent, whatever its destination is.
alter table delivery add column held text;
