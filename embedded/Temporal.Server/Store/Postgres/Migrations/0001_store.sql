-- Everything that the server keeps. Text compares by code point, as the list filter does.

create table temporal.runs (
    run_id                 uuid             not null,
    namespace_id           uuid             not null,
    workflow_id            text collate "C" not null,
    version                bigint           not null,
    side_record            bytea            not null,
    outstanding            bytea,
    next_wake              timestamptz,
    live                   boolean          not null,       -- open, or closed with something left to do: what a restart looks at
    workflow_type          text collate "C" not null,
    status                 smallint         not null,
    task_queue             text collate "C" not null,
    start_time             timestamptz      not null,
    execution_time         timestamptz      not null,
    close_time             timestamptz,
    history_length         bigint           not null,
    history_size           bigint           not null,
    state_transition_count bigint           not null,
    first_run_id           text collate "C" not null,
    start_request_id       text collate "C" not null,
    parent_workflow_id     text collate "C",
    parent_run_id          text collate "C",
    root_workflow_id       text collate "C" not null,
    root_run_id            text collate "C" not null,
    search_attributes      bytea            not null,
    memo                   bytea            not null,
    attributes             jsonb            not null,       -- the search attributes as filters compare them, see IndexedAttributes
    hidden                 boolean          not null,       -- one of the server's own workflows, which lists show only when asked

    constraint runs_pkey primary key (run_id)
-- A run changes many times, mostly in columns without index: room on the page keeps those changes out of the indexes.
) with (fillfactor = 60);
comment on table temporal.runs is 'A run of a workflow: what the engine needs to load it, and its line in lists.';

create index runs_live on temporal.runs (run_id) where live;
create index runs_by_time on temporal.runs (namespace_id, coalesce(close_time, 'infinity'), start_time, run_id);
create index runs_by_workflow on temporal.runs (namespace_id, workflow_id);
create index runs_by_attribute on temporal.runs using gin (attributes jsonb_path_ops);

create table temporal.events (
    run_id         uuid    not null,
    first_event_id bigint  not null,
    event_count    integer not null,
    data           bytea   not null,

    constraint events_pkey primary key (run_id, first_event_id)
);
comment on table temporal.events is 'The events that one commit added to a run''s history. Only ever appended to.';

create table temporal.current_runs (
    namespace_id uuid             not null,
    workflow_id  text collate "C" not null,
    run_id       uuid             not null,

    constraint current_runs_pkey primary key (namespace_id, workflow_id)
);
comment on table temporal.current_runs is 'Which run a workflow id means.';

create table temporal.namespaces (
    id                uuid     not null,
    name              text     not null,
    description       text     not null,
    owner_email       text     not null,
    retention         interval not null,
    data              json     not null,
    search_attributes json     not null,

    constraint namespaces_pkey primary key (id),
    constraint namespaces_name_key unique (name)
);
comment on table temporal.namespaces is 'A namespace with its settings.';

create table temporal.committers (
    slot      smallint not null,
    epoch     bigint   not null,
    batch     bigint   not null,
    conflicts json     not null,

    constraint committers_pkey primary key (slot)
) with (fillfactor = 10);
comment on table temporal.committers is
    'A connection that commits: the epoch of the server that owns the database, and the last batch with its outcome.';

create table temporal.records (
    namespace_id uuid             not null,
    kind         text collate "C" not null,
    id           text collate "C" not null,
    version      bigint           not null,
    data         bytea            not null,

    constraint records_pkey primary key (kind, namespace_id, id)
);
comment on table temporal.records is
    'What is no run but must be as durable: a schedule or a batch operation. One value, replaced with every write.';
