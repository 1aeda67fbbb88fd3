-- Tables in the standard words of the field -------------------------------------------------------

alter table walk rename to processor;
alter table sweep rename to backfill;
alter table backfill rename column landed_position to ready_position;
alter table sweep_state rename to backfill_state;
alter table backfill_state rename column sweep to backfill;
alter index sweep_state_by_fragment rename to backfill_state_by_fragment;
alter table audience_numbers rename column review_due to evaluation_due;
alter table delivery_owed rename to delivery_enqueued;
alter table delivery_enqueued rename column owed to enqueued;
alter table refused_command rename to rejected_command;
