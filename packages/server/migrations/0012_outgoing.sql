-- Tokens in the query of a webhook's URL are secrets: what was tried so far is shown without them. Destinations themselves are sealed anew by the next start, which has the key.
update delivery_attempt set url = regexp_replace(url, '\?.*$', '?***') where url like '%?%';
