// The genuine TypeScript SDK on the Temporal server at TEMPORAL_ADDRESS (namespace "default", search attribute CustomCity=Keyword).
import { after, before } from 'node:test';
import { Environment } from './scenarios/environment.mjs';
import { batches } from './scenarios/batches.mjs';
import { contracts } from './scenarios/contracts.mjs';
import { edges } from './scenarios/edges.mjs';
import { execution } from './scenarios/execution.mjs';
import { histories } from './scenarios/histories.mjs';
import { messages } from './scenarios/messages.mjs';
import { relations } from './scenarios/relations.mjs';
import { schedules } from './scenarios/schedules.mjs';
import { workers } from './scenarios/workers.mjs';

let environment;
before(async () => {
  environment = await Environment.connect(process.env.TEMPORAL_ADDRESS ?? 'localhost:7233');
});
after(() => environment?.close());

const env = () => environment;
execution(env);
messages(env);
relations(env);
workers(env);
contracts(env);
histories(env);
schedules(env);
batches(env);
edges(env);
