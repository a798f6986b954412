// The SDK's own test environments, told to start our executable (TEMPORAL_SERVER_EXECUTABLE) in place of the one they download.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { bundle } from './scenarios/environment.mjs';
import * as activities from './workflows/activities.mjs';

const path = process.env.TEMPORAL_SERVER_EXECUTABLE;
const logger = new DefaultLogger('ERROR', () => undefined);
Runtime.install({ logger });

async function withEnvironment(create, scenario) {
  const environment = await create({ server: { executable: { type: 'existing-path', path } } });
  try {
    const workflowBundle = await bundle();
    const taskQueue = randomUUID();
    const worker = await Worker.create({ connection: environment.nativeConnection, workflowBundle, activities, taskQueue });
    await worker.runUntil(() => scenario(environment, taskQueue));
  } finally {
    await environment.teardown();
  }
}

const execute = (environment, taskQueue, workflow, ...args) =>
  environment.client.workflow.execute(workflow, { workflowId: randomUUID(), taskQueue, args });

describe('test environments', { skip: path ? false : 'TEMPORAL_SERVER_EXECUTABLE names no server' }, () => {
  it('a local environment runs a workflow', async () => {
    await withEnvironment((options) => TestWorkflowEnvironment.createLocal(options), async (environment, taskQueue) => {
      assert.equal(await execute(environment, taskQueue, 'greeting', 'local'), 'Hello, local!');
    });
  });

  it('a time-skipping environment sleeps a month in a moment', async () => {
    await withEnvironment((options) => TestWorkflowEnvironment.createTimeSkipping(options), async (environment, taskQueue) => {
      assert.equal(await execute(environment, taskQueue, 'longSleep', 30), 30);
      assert.equal(await execute(environment, taskQueue, 'sleepsAndWorks'), 'Hello, later!');
      const before = await environment.currentTimeMs();
      await environment.sleep('2 days');
      assert.ok((await environment.currentTimeMs()) - before >= 2 * 86_400_000);
    });
  });
});
