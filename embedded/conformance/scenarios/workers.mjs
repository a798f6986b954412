// What becomes of work when workers come and go.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { slowStarted } from '../workflows/activities.mjs';
import { eventually } from './environment.mjs';

async function nothingTimedOut(handle) {
  const { events } = await handle.fetchHistory();
  assert.ok(events.every((event) => !event.workflowTaskTimedOutEventAttributes && !event.activityTaskTimedOutEventAttributes));
}

export function workers(env) {
  describe('workers', { concurrency: 4 }, () => {
    it('an idle worker stops at once, not after its long polls', async () => {
      const worker = await env().worker(env().id('idle'));
      const running = worker.run();
      await eventually(() => worker.getState() === 'RUNNING', 'running worker');
      // A long poll of our own, opened last, is what the worker must not outlast.
      const abort = new AbortController();
      let polled = false;
      const poll = env().grpcJs
        .withAbortSignal(abort.signal, () => env().grpcJs.workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue: { name: env().id('empty'), kind: 1 } }))
        .then(() => (polled = true), () => undefined);
      worker.shutdown();
      await running;
      assert.equal(polled, false, 'the worker waited for its long polls to end');
      abort.abort();
      await poll;
    });

    it('a stopped worker swallows no task: no task waits for a time-out', async () => {
      const taskQueue = env().id('relay');
      for (let round = 0; round < 3; round++) {
        const worker = await env().worker(taskQueue);
        const running = worker.run();
        await eventually(() => worker.getState() === 'RUNNING', 'running worker');
        worker.shutdown();
        await running;
      }
      const handles = await Promise.all(
        Array.from({ length: 10 }, () => env().client.workflow.start('greeting', { workflowId: env().id('after'), taskQueue, args: ['you'] }))
      );
      const results = await env().withWorker(() => Promise.all(handles.map((handle) => handle.result())), { taskQueue });
      assert.deepEqual(new Set(results), new Set(['Hello, you!']));
      for (const handle of handles) await nothingTimedOut(handle);
    });

    it('a workflow goes on with another worker when the one that cached it stops', async () => {
      const taskQueue = env().id('sticky');
      const handle = await env().withWorker(
        async () => {
          const started = await env().client.workflow.start('inbox', { workflowId: env().id('moved'), taskQueue });
          await started.signal('add', 'first');
          assert.deepEqual(await started.query('state'), ['first']);
          return started;
        },
        { taskQueue }
      );
      await handle.signal('add', 'second');
      await env().withWorker(
        async () => {
          assert.deepEqual(await handle.query('state'), ['first', 'second']);
          await handle.signal('finish');
          assert.deepEqual(await handle.result(), ['first', 'second']);
        },
        { taskQueue }
      );
      await nothingTimedOut(handle);
    });

    it('without a cache every task replays the whole history', async () => {
      await env().withWorker(
        async (taskQueue) => {
          const handle = await env().client.workflow.start('inbox', { workflowId: env().id('uncached'), taskQueue });
          for (let i = 0; i < 5; i++) {
            await handle.signal('add', i);
            assert.equal((await handle.query('state')).length, i + 1);
          }
          assert.equal(await handle.executeUpdate('set', { args: [0, 'zero'] }), 0);
          await handle.signal('finish');
          assert.deepEqual(await handle.result(), ['zero', 1, 2, 3, 4]);
        },
        { maxCachedWorkflows: 0 }
      );
    });

    it('a cache of one evicts and rebuilds', async () => {
      await env().withWorker(
        async (taskQueue) => {
          const handles = await Promise.all(
            Array.from({ length: 6 }, () => env().client.workflow.start('inbox', { workflowId: env().id('evicted'), taskQueue }))
          );
          for (let round = 0; round < 2; round++) {
            await Promise.all(handles.map((handle) => handle.signal('add', round)));
          }
          await Promise.all(handles.map((handle) => handle.signal('finish')));
          assert.deepEqual(await Promise.all(handles.map((handle) => handle.result())), handles.map(() => [0, 1]));
        },
        { maxCachedWorkflows: 1, maxConcurrentWorkflowTaskExecutions: 2 }
      );
    });

    it('an activity that runs when its worker is asked to stop is finished first', async () => {
      const taskQueue = env().id('graceful');
      const worker = await env().worker(taskQueue);
      const running = worker.run();
      const handle = await env().client.workflow.start('waitsForActivity', { workflowId: env().id('graceful'), taskQueue });
      await eventually(() => slowStarted.has(handle.workflowId), 'started activity');
      worker.shutdown();
      await running;
      assert.equal(await env().withWorker(() => handle.result(), { taskQueue }), 'slow but done');
    });

    it('a backlog of workflows is worked off by two workers together', async () => {
      const taskQueue = env().id('crowd');
      const handles = await Promise.all(
        Array.from({ length: 100 }, (_, i) => env().client.workflow.start('greeting', { workflowId: env().id('crowd'), taskQueue, args: [`${i}`] }))
      );
      await env().withWorker(
        () =>
          env().withWorker(
            async () => {
              const results = await Promise.all(handles.map((handle) => handle.result()));
              assert.deepEqual(results, handles.map((_, i) => `Hello, ${i}!`));
            },
            { taskQueue }
          ),
        { taskQueue }
      );
    });

    it('the pollers of a task queue are known', async () => {
      await env().withWorker(async (taskQueue) => {
        await env().client.workflow.execute('greeting', { workflowId: env().id('poller'), taskQueue, args: ['you'] });
        const { pollers } = await env().grpcJs.workflowService.describeTaskQueue({ namespace: 'default', taskQueue: { name: taskQueue }, taskQueueType: 1 });
        assert.ok(pollers.length > 0);
      });
    });
  });
}
