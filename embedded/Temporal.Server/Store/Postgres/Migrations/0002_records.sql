-- What is no run but must be as durable: schedules, batch operations. One value each, replaced with every write.
create table temporal.records (
    namespace_id uuid             not null,
    kind         text collate "C" not null,
    id           text collate "C" not null,
    version      bigint           not null,
    data         bytea            not null,
    primary key (kind, namespace_id, id)
);
