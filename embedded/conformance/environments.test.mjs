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

let bundled;

async function withEnvironment(create, scenario) {
  const environment = await create({ server: { executable: { type: 'existing-path', path } } });
  try {
    const workflowBundle = await (bundled ??= bundle());
    const taskQueue = randomUUID();
    const sleepsForDays = (days) => environment.sleep(`${days} days`);
    const worker = await Worker.create({ connection: environment.nativeConnection, workflowBundle, activities: { ...activities, sleepsForDays }, taskQueue });
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

  const skipping = (scenario) => withEnvironment((options) => TestWorkflowEnvironment.createTimeSkipping(options), scenario);
  // What waits for real time would wait for hours.
  const soon = { timeout: 30_000 };

  it('time does not skip while an activity runs', soon, async () => {
    await skipping(async (environment, taskQueue) => {
      assert.equal(await execute(environment, taskQueue, 'racesTimer', 300), 'done');
    });
  });

  it('the wait before an activity is tried again is skipped', soon, async () => {
    await skipping(async (environment, taskQueue) => {
      const before = await environment.currentTimeMs();
      assert.equal((await execute(environment, taskQueue, 'retriesDaily', randomUUID())).attempt, 3);
      assert.ok((await environment.currentTimeMs()) - before >= 2 * 86_400_000);
    });
  });

  it('an activity that sleeps by the environment lets time skip', soon, async () => {
    await skipping(async (environment, taskQueue) => {
      const before = await environment.currentTimeMs();
      await execute(environment, taskQueue, 'sleepsInActivity', 2);
      assert.ok((await environment.currentTimeMs()) - before >= 2 * 86_400_000);
    });
  });

  it('time does not skip while it is locked', soon, async () => {
    await skipping(async (environment, taskQueue) => {
      const { testService } = environment.connection;
      const handle = await environment.client.workflow.start('longSleep', { workflowId: randomUUID(), taskQueue, args: [1] });
      const before = await environment.currentTimeMs();
      await testService.lockTimeSkipping({});
      // Whoever waits for a result gives one lock up, and this is a second one.
      assert.equal(await execute(environment, taskQueue, 'timers', 500), 'slept');
      assert.ok((await environment.currentTimeMs()) - before < 3_600_000);
      assert.equal((await handle.describe()).status.name, 'RUNNING');
      await testService.unlockTimeSkipping({});
      assert.equal(await handle.result(), 1);
    });
  });
});
