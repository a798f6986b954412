// Each scenario's history is, event by event, what histories/<scenario>.txt says, and replays in a genuine worker.
// HISTORIES_RECORD=<folder> writes what was seen there instead of comparing: to be checked line by line before it becomes an expectation.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { normalise } from '../histories/normalise.mjs';
import { actAs } from '../workflows/historyActivities.mjs';
import { eventually, rejection } from './environment.mjs';

const recordTo = process.env.HISTORIES_RECORD;
const city = defineSearchAttributeKey('CustomCity', 'KEYWORD');

export function histories(env) {
  const workflow = () => env().client.workflow;

  /** Runs `scenario`, which answers with the handles whose runs are to be compared, in order. */
  const history = (name, scenario) =>
    it(name, async () => {
      actAs(env().client);
      const id = env().id(name);
      const start = (type, args = [], options = {}) => workflow().start(type, { workflowId: id, taskQueue: env().sharedQueue, args, ...options });
      const handles = await scenario({ id, start });
      const lines = [];
      for (const handle of handles) {
        const recorded = await handle.fetchHistory();
        lines.push(`run of ${handle.workflowId.replace(id, '<workflow>')}`, ...normalise(recorded, id));
        await Worker.runReplayHistory({ workflowBundle: env().bundle, replayName: `${name}-${lines.length}` }, recorded, handle.workflowId);
      }
      if (recordTo) return await writeFile(`${recordTo}/${name}.txt`, `${lines.join('\n')}\n`);
      const expected = (await readFile(new URL(`../histories/${name}.txt`, import.meta.url), 'utf8')).split('\n').filter((line) => line && !line.startsWith('#'));
      assert.deepEqual(lines, expected);
    });

  /** Ends with `await handle.result()`, well or not. */
  const ended = async (handle) => void (await handle.result().catch((error) => assert.equal(error.name, 'WorkflowFailedError', `${error}`)));

  /** Waits until the run has an event of the type `seen` and no workflow task. */
  const idle = (handle, seen = 'workflowTaskCompleted') =>
    eventually(async () => {
      const { events } = await handle.fetchHistory();
      return events.some((event) => event[`${seen}EventAttributes`]) && !(await handle.describe()).raw.pendingWorkflowTask;
    }, `idle workflow after ${seen}`);

  /** Waits until the run's last event is of this type: what happens to a workflow by other workflows' doing is done a moment later. */
  const endsWith = (handle, last) =>
    eventually(async () => (await handle.fetchHistory()).events.at(-1)[`${last}EventAttributes`], `history that ends with ${last}`);

  const other = (handle) => workflow().getHandle(handle.workflowId, handle.firstExecutionRunId);

  /** All runs of the workflow, oldest first. */
  const chain = async (handle, length) => {
    const runs = [];
    for (let runId = handle.firstExecutionRunId; runId && runs.length < length; ) {
      const run = workflow().getHandle(handle.workflowId, runId);
      const last = await eventually(async () => {
        const event = (await run.fetchHistory()).events.at(-1);
        return Object.keys(event).some((name) => /^workflowExecution(Completed|Failed|ContinuedAsNew|TimedOut)EventAttributes$/.test(name)) && event;
      }, 'closed run');
      runs.push(run);
      runId = Object.entries(last).find(([name, value]) => name.endsWith('EventAttributes') && value)[1].newExecutionRunId;
    }
    return runs;
  };

  const simple = (name, type, args = [], options = {}) =>
    history(name, async ({ start }) => {
      const handle = await start(type, args, options);
      await ended(handle);
      return [handle];
    });

  describe('histories, event by event', { concurrency: 8 }, () => {
    simple('activity', 'historyActivity', ['Ada']);
    simple('activity-retry', 'historyActivityRetry');
    simple('activity-fails', 'historyActivityFails');
    simple('activity-refuses', 'historyActivityRefuses');
    simple('activity-timeouts', 'historyActivityTimeouts');
    simple('activity-heartbeat', 'historyActivityHeartbeat');
    simple('activity-canceled', 'historyActivityCanceled');
    simple('activity-canceled-unstarted', 'historyActivityCanceledUnstarted');
    simple('timers', 'historyTimers');
    simple('signals-during-a-task', 'historyBufferedSignals');
    simple('unhandled-command', 'historyUnhandledCommand');
    simple('terminated-during-a-task', 'historyInterferes', ['noted', 'terminate']);
    simple('canceled-during-a-task', 'historyInterferes', ['cancel']);
    simple('local-activity', 'historyLocalActivity', ['Grace']);
    simple('patched', 'historyPatched');
    simple('run-timeout', 'historyChild', [], { workflowRunTimeout: '8s' });
    simple('execution-timeout', 'historyChild', [], { workflowExecutionTimeout: '8s', retry: { initialInterval: '10ms' } });
    simple('task-fails', 'historyBugOnce');

    history('upserts', async ({ start }) => {
      const handle = await start('historyUpserts', ['Ulm'], {
        memo: { note: 'first', gone: 1 }, typedSearchAttributes: new TypedSearchAttributes([{ key: city, value: 'Bonn' }]),
      });
      await ended(handle);
      return [handle];
    });

    history('timer-fired-then-canceled', async ({ start }) => {
      const handle = await start('historyCancelsFiredTimer');
      await idle(handle);
      await handle.signal('go');
      await ended(handle);
      return [handle];
    });

    history('task-times-out', async ({ id }) => {
      const taskQueue = env().id('abandoned');
      const handle = await workflow().start('historyChild', { workflowId: id, taskQueue, workflowTaskTimeout: '3s' });
      // Takes the first two tasks and never answers.
      for (const attempt of [1, 2]) {
        await env().grpcJs.workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue: { name: taskQueue, kind: 1 }, identity: 'gone' });
        await eventually(async () => (await handle.describe()).raw.pendingWorkflowTask?.attempt > attempt, 'next attempt');
      }
      await env().withWorker(
        async () => {
          await idle(handle);
          await handle.signal('finish', 'done');
          await ended(handle);
        },
        { taskQueue }
      );
      return [handle];
    });

    const child = (name, options, end) =>
      history(name, async ({ id, start }) => {
        const handle = await start('historyParent', [`${id}-child`, options]);
        const ofChild = workflow().getHandle(`${id}-child`);
        await idle(handle, 'childWorkflowExecutionStarted');
        if (end) {
          await idle(ofChild);
          await end(ofChild);
        }
        await ended(handle);
        return [handle, ofChild];
      });
    child('child-completes', {}, (handle) => handle.signal('finish', 'done'));
    child('child-fails', {}, (handle) => handle.signal('finish', 'fail'));
    child('child-canceled', {}, (handle) => handle.cancel());
    child('child-terminated', {}, (handle) => handle.terminate('enough'));
    child('child-times-out', { workflowRunTimeout: '8s' });

    history('child-exists', async ({ id, start }) => {
      const handle = await start('historyParentTwice', [`${id}-child`]);
      await ended(handle);
      return [handle];
    });

    history('child-canceled-by-parent', async ({ id, start }) => {
      const handle = await start('historyParentCancels', [`${id}-child`]);
      await idle(handle, 'childWorkflowExecutionStarted');
      await idle(workflow().getHandle(`${id}-child`));
      await handle.signal('go');
      await ended(handle);
      return [workflow().getHandle(`${id}-child`)];
    });

    history('parent-close-policies', async ({ id, start }) => {
      const handle = await start('historyParentCloses', [id]);
      const children = ['TERMINATE', 'ABANDON', 'REQUEST_CANCEL'].map((policy) => workflow().getHandle(`${id}-${policy}`));
      await eventually(async () => (await handle.fetchHistory()).events.filter((event) => event.childWorkflowExecutionStartedEventAttributes).length === 3, 'three children');
      await idle(handle);
      for (const one of children) await idle(one);
      await handle.signal('go');
      await ended(handle);
      await endsWith(children[0], 'workflowExecutionTerminated');
      await endsWith(children[2], 'workflowExecutionCanceled');
      await children[1].signal('finish', 'left alone');
      await ended(children[1]);
      return [handle, ...children];
    });

    history('external-signal', async ({ id, start }) => {
      const target = await workflow().start('historyChild', { workflowId: `${id}-other`, taskQueue: env().sharedQueue });
      await idle(target);
      const handle = await start('historySignalsOther', [`${id}-other`, `${id}-nobody`]);
      await ended(handle);
      await ended(target);
      return [handle, other(target)];
    });

    history('external-cancel', async ({ id, start }) => {
      const target = await workflow().start('historyChild', { workflowId: `${id}-other`, taskQueue: env().sharedQueue });
      await idle(target);
      const handle = await start('historyCancelsOther', [`${id}-other`, `${id}-nobody`]);
      await ended(handle);
      await ended(target);
      return [handle, other(target)];
    });

    history('continue-as-new', async ({ start }) => chain(await start('historyContinues', [1]), 2));

    history('workflow-retry', async ({ start }) =>
      chain(await start('historyRetries', [], { retry: { initialInterval: '10ms', backoffCoefficient: 1, maximumInterval: '10ms', maximumAttempts: 2 } }), 2));

    history('workflow-retries-used-up', async ({ start }) =>
      chain(await start('historyActivityFails', [], { retry: { initialInterval: '10ms', backoffCoefficient: 1, maximumInterval: '10ms', maximumAttempts: 2 } }), 2));

    history('cron', async ({ id, start }) => {
      const runs = await chain(await start('historyCron', [], { cronSchedule: '@every 1s' }), 2);
      await workflow().getHandle(id).terminate();
      return runs;
    });

    history('terminated', async ({ start }) => {
      const handle = await start('historyChild');
      await idle(handle);
      await handle.terminate('enough');
      await ended(handle);
      return [handle];
    });

    history('canceled', async ({ start }) => {
      const handle = await start('historyCancelable');
      await idle(handle);
      await handle.cancel();
      await handle.cancel();
      await ended(handle);
      return [handle];
    });

    history('reset', async ({ id, start }) => {
      const handle = await start('historyResettable');
      await idle(handle, 'activityTaskCompleted');
      await handle.signal('item', 'noted');
      await idle(handle, 'workflowExecutionSignaled');
      const { runId } = await env().grpcJs.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: id, runId: handle.firstExecutionRunId },
        reason: 'try again',
        requestId: env().id('request'),
        workflowTaskFinishEventId: 10,
        resetReapplyType: 1,
      });
      const again = workflow().getHandle(id, runId);
      await idle(again, 'workflowExecutionSignaled');
      await again.signal('finish');
      await ended(again);
      return [other(handle), again];
    });

    history('updates', async ({ start }) => {
      const handle = await start('historyUpdates');
      await idle(handle);
      assert.equal(await handle.executeUpdate('set', { args: ['new'], updateId: 'u1' }), 'none');
      assert.equal(await handle.executeUpdate('greet', { args: ['Ada'], updateId: 'u2' }), 'Hello, Ada!');
      await rejection(handle.executeUpdate('fail', { updateId: 'u3' }));
      await handle.signal('finish');
      await ended(handle);
      return [handle];
    });

    history('update-rejected', async ({ start }) => {
      const handle = await start('historyUpdates');
      await idle(handle);
      await rejection(handle.executeUpdate('set', { args: ['bad'], updateId: 'u1' }));
      await handle.signal('finish');
      await ended(handle);
      return [handle];
    });

    history('update-with-start', async ({ id }) => {
      const startWorkflowOperation = new WithStartWorkflowOperation('historyUpdates', {
        workflowId: id, taskQueue: env().sharedQueue, workflowIdConflictPolicy: 'FAIL',
      });
      await workflow().executeUpdateWithStart('set', { args: ['early'], updateId: 'u1', startWorkflowOperation });
      const handle = await startWorkflowOperation.workflowHandle();
      await idle(handle);
      await handle.signal('finish');
      await ended(handle);
      return [handle];
    });

    history('signal-with-start', async ({ id }) => {
      const handle = await workflow().signalWithStart('historyChild', { workflowId: id, taskQueue: env().sharedQueue, signal: 'finish', signalArgs: ['at once'] });
      await ended(handle);
      return [handle];
    });
  });
}
