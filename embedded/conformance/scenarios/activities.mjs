// Standalone activities, by the genuine client and worker.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually, rejection } from './environment.mjs';

async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

export function activities(env) {
  const service = () => env().grpcJs.workflowService;
  const client = () => env().client.activity;

  describe('standalone activities', { concurrency: 4 }, () => {
    const options = (name, more = {}) => ({ id: env().id(name), taskQueue: env().sharedQueue, startToCloseTimeout: '20s', ...more });
    const unheard = (name, more = {}) => options(name, { taskQueue: env().id('nobody'), ...more });
    const retry = { initialInterval: '20ms', maximumAttempts: 3 };
    const causeOf = async (handle) => (await rejection(handle.result())).cause;

    it('an activity runs without a workflow and knows it', async () => {
      const handle = await client().start('tellsWhatItIs', options('alone', { args: [7] }));
      const { inWorkflow, workflowExecution, activityId, activityRunId, input } = await handle.result();
      assert.deepEqual({ inWorkflow, workflowExecution, activityId, activityRunId, input }, {
        inWorkflow: false, workflowExecution: null, activityId: handle.activityId, activityRunId: handle.runId, input: 7,
      });
      const description = await handle.describe();
      assert.deepEqual([description.status, description.attempt, description.activityType], ['COMPLETED', 1, 'tellsWhatItIs']);
      assert.ok(description.closeTime >= description.scheduleTime);
      assert.match(description.rawInfo.sdkName, /^temporal-typescript/);
    });

    it('a standalone activity is tried again until it succeeds', async () => {
      const key = env().id('retried');
      assert.deepEqual(await client().execute('failTwice', options('retried', { args: [key], retry })), { calls: 3, attempt: 3 });
    });

    it('a standalone activity fails with its last failure', async () => {
      const handle = await client().start('alwaysFails', options('fails', { retry }));
      assert.equal((await causeOf(handle)).message, 'never works');
      const { status, attempt, hasLastFailure } = await handle.describe({ includeLastFailure: true });
      assert.deepEqual([status, attempt, hasLastFailure], ['FAILED', 3, true]);
    });

    it('heartbeat details reach the next attempt of a standalone activity', async () => {
      const id = options('resumes', { retry, heartbeatTimeout: '5s' });
      assert.equal(await client().execute('resumes', id), 42);
      assert.ok((await client().getHandle(id.id).describe()).totalHeartbeatCount > 0);
    });

    it('a standalone activity that nobody takes up is timed out', async () => {
      const handle = await client().start('greet', unheard('late', { scheduleToStartTimeout: '100ms' }));
      assert.equal((await causeOf(handle)).timeoutType, 'SCHEDULE_TO_START');
      assert.equal((await handle.describe()).status, 'TIMED_OUT');
    });

    it('a standalone activity that no worker has is canceled at once', async () => {
      const handle = await client().start('greet', unheard('canceled'));
      await handle.cancel('not needed');
      assert.equal((await causeOf(handle)).name, 'CancelledFailure');
      const { status, canceledReason } = await handle.describe();
      assert.deepEqual([status, canceledReason], ['CANCELED', 'not needed']);
    });

    it('a running standalone activity hears of its cancellation', async () => {
      const handle = await client().start('heartbeats', options('stopped', { heartbeatTimeout: '5s' }));
      await eventually(async () => (await handle.describe()).runState === 'STARTED', 'start');
      await handle.cancel('enough');
      assert.equal((await causeOf(handle)).name, 'CancelledFailure');
      assert.equal((await handle.describe()).status, 'CANCELED');
    });

    it('a standalone activity is terminated', async () => {
      const handle = await client().start('greet', unheard('terminated'));
      await handle.terminate('because');
      const cause = await causeOf(handle);
      assert.deepEqual([cause.name, cause.message], ['TerminatedFailure', 'because']);
      assert.equal((await handle.describe()).status, 'TERMINATED');
    });

    it('a standalone activity is completed by its id', async () => {
      const handle = await client().start('completedById', options('elsewhere'));
      await eventually(async () => (await handle.describe()).runState === 'STARTED', 'start');
      await client().complete({ activityId: handle.activityId }, 'from afar');
      assert.equal(await handle.result(), 'from afar');
    });

    it('an activity id is open once', async () => {
      const id = unheard('once');
      const handle = await client().start('greet', id);
      const error = await rejection(client().start('greet', id));
      assert.equal(error.name, 'ActivityExecutionAlreadyStartedError');
      assert.equal((await client().start('greet', { ...id, idConflictPolicy: 'USE_EXISTING' })).runId, handle.runId);
      await handle.terminate('over');
    });

    it('a closed activity id is used again as its reuse policy says', async () => {
      const id = options('again', { args: ['you'] });
      const first = await client().start('greet', id);
      await first.result();
      for (const idReusePolicy of ['REJECT_DUPLICATE', 'ALLOW_DUPLICATE_FAILED_ONLY']) {
        assert.equal((await rejection(client().start('greet', { ...id, idReusePolicy }))).name, 'ActivityExecutionAlreadyStartedError');
      }
      const second = await client().start('greet', id);
      assert.notEqual(second.runId, first.runId);
      assert.equal(await second.result(), 'Hello, you!');
    });

    it('a standalone activity that is delayed waits', async () => {
      const handle = await client().start('greet', options('delayed', { args: ['late'], startDelay: '600ms' }));
      const { startDelayMs, nextAttemptScheduleTime, scheduleTime } = await handle.describe();
      assert.equal(startDelayMs, 600);
      assert.equal(nextAttemptScheduleTime - scheduleTime, 600);
      assert.equal(await handle.result(), 'Hello, late!');
      const { lastStartedTime } = await handle.describe();
      assert.ok(lastStartedTime - scheduleTime >= 600);
    });

    it('standalone activities are listed and counted, and workflows are not among them', async () => {
      const taskQueue = env().id('listed');
      const ids = [];
      for (const name of ['one', 'two']) ids.push((await client().start('greet', options(name, { taskQueue }))).activityId);
      const workflow = await env().client.workflow.start('greeting', { workflowId: env().id('greeting'), taskQueue, args: ['x'] });
      await client().getHandle(ids[0]).terminate('over');
      const query = `TaskQueue = '${taskQueue}'`;
      const listed = async (filter) => (await all(client().list(`${query} ${filter}`))).map(({ activityId }) => activityId);
      assert.deepEqual(await listed(''), [ids[1], ids[0]]);
      assert.deepEqual(await listed(`AND ActivityId = '${ids[0]}' AND ActivityType = 'greet'`), [ids[0]]);
      assert.deepEqual(await listed("AND ExecutionStatus = 'Running'"), [ids[1]]);
      assert.equal((await client().count(query)).count, 2);
      assert.deepEqual((await client().count(`${query} GROUP BY ExecutionStatus`)).groups.map(({ count }) => count), [1, 1]);
      assert.deepEqual((await all(env().client.workflow.list({ query }))).map(({ workflowId }) => workflowId), [workflow.workflowId]);
      await workflow.terminate();
    });

    it('a deleted standalone activity is gone', async () => {
      const handle = await client().start('greet', unheard('deleted'));
      await service().deleteActivityExecution({ namespace: 'default', activityId: handle.activityId });
      await eventually(async () => /not found/i.test(`${await handle.describe().catch((error) => error.cause ?? error)}`), 'absence');
    });
  });
}
