// The genuine TypeScript SDK on the Temporal server at TEMPORAL_ADDRESS (namespace "default", search attribute CustomCity=Keyword),
// whose HTTP face for the Web UI is at TEMPORAL_UI_ADDRESS (1000 ports further on, if nothing is said).
import { after, before } from 'node:test';
import { Environment } from './scenarios/environment.mjs';
import { activities } from './scenarios/activities.mjs';
import { batches } from './scenarios/batches.mjs';
import { contracts } from './scenarios/contracts.mjs';
import { edges } from './scenarios/edges.mjs';
import { execution } from './scenarios/execution.mjs';
import { histories } from './scenarios/histories.mjs';
import { http } from './scenarios/http.mjs';
import { messages } from './scenarios/messages.mjs';
import { operators } from './scenarios/operators.mjs';
import { queues } from './scenarios/queues.mjs';
import { relations } from './scenarios/relations.mjs';
import { schedules } from './scenarios/schedules.mjs';
import { starts } from './scenarios/starts.mjs';
import { workers } from './scenarios/workers.mjs';

let environment;
before(async () => {
  environment = await Environment.connect(process.env.TEMPORAL_ADDRESS ?? 'localhost:7233', process.env.TEMPORAL_UI_ADDRESS);
});
after(() => environment?.close());

const env = () => environment;
execution(env);
messages(env);
relations(env);
workers(env);
contracts(env);
starts(env);
operators(env);
queues(env);
activities(env);
http(env);
histories(env);
schedules(env);
batches(env);
edges(env);
