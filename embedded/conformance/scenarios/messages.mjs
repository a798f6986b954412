// Signals, queries, updates, cancellation.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { eventually, rejection } from './environment.mjs';

export function messages(env) {
  for (const name of ['grpc-js client', 'native client']) {
    describe(`messages, ${name}`, { concurrency: 4 }, () => {
      const client = () => env().clients[name];
      const start = (workflow, taskQueue, args = [], options = {}) =>
        client().workflow.start(workflow, { workflowId: env().id(workflow), taskQueue, args, ...options });

      it('signals arrive in order, a query sees them, and the result has them', async () => {
        await env().withWorker(async (taskQueue) => {
          const handle = await start('inbox', taskQueue);
          for (let i = 0; i < 20; i++) await handle.signal('add', i);
          assert.deepEqual(await handle.query('state'), Array.from({ length: 20 }, (_, i) => i));
          await handle.signal('finish');
          assert.equal((await handle.result()).length, 20);
          assert.equal((await handle.query('state')).length, 20, 'a closed workflow answers queries too');
        });
      });

      it('signals sent before there is a worker are not lost', async () => {
        const taskQueue = env().id('late');
        const handle = await start('inbox', taskQueue);
        await Promise.all([handle.signal('add', 'early'), handle.signal('add', 'early')]);
        await handle.signal('finish');
        const result = await env().withWorker(() => handle.result(), { taskQueue });
        assert.deepEqual(result, ['early', 'early']);
      });

      it('a query right after a start is answered by the first workflow task', async () => {
        await env().withWorker(async (taskQueue) => {
          const handle = await start('inbox', taskQueue, [['seed']]);
          assert.deepEqual(await handle.query('state'), ['seed']);
          await handle.terminate();
        });
      });

      it('an unknown query is an error of the query alone', async () => {
        await env().withWorker(async (taskQueue) => {
          const handle = await start('inbox', taskQueue);
          const error = await rejection(handle.query('nothingLikeThis'));
          assert.equal(error.name, 'QueryNotRegisteredError');
          assert.deepEqual(await handle.query('state'), []);
          await handle.terminate();
        });
      });

      it('signal-with-start starts once and signals each time', async () => {
        await env().withWorker(async (taskQueue) => {
          const options = { workflowId: env().id('sws'), taskQueue, signal: 'add' };
          const first = await client().workflow.signalWithStart('inbox', { ...options, signalArgs: ['one'] });
          const second = await client().workflow.signalWithStart('inbox', { ...options, signalArgs: ['two'] });
          assert.equal(second.signaledRunId, first.signaledRunId);
          await first.signal('finish');
          assert.deepEqual(await first.result(), ['one', 'two']);
        });
      });

      it('an update changes state and answers', async () => {
        await env().withWorker(async (taskQueue) => {
          const handle = await start('inbox', taskQueue, [['a', 'b']]);
          assert.equal(await handle.executeUpdate('set', { args: [1, 'B'] }), 'b');
          assert.deepEqual(await handle.query('state'), ['a', 'B']);
          await handle.signal('finish');
          await handle.result();
        });
      });

      it('a rejected update says why and is not in history', async () => {
        await env().withWorker(async (taskQueue) => {
          const handle = await start('inbox', taskQueue);
          assert.deepEqual(await handle.query('state'), []);
          const error = await rejection(handle.executeUpdate('set', { args: [-1, 'x'] }));
          assert.equal(error.name, 'WorkflowUpdateFailedError');
          assert.equal(error.cause.message, 'no negative index');
          assert.ok((await handle.fetchHistory()).events.every((event) => !event.workflowExecutionUpdateAcceptedEventAttributes && !event.workflowExecutionUpdateCompletedEventAttributes));
          await handle.terminate();
        });
      });

      it('a slow update is accepted first and completes later', async () => {
        await env().withWorker(async (taskQueue) => {
          const handle = await start('inbox', taskQueue);
          const update = await handle.startUpdate('slowSet', { args: [0, 'Linus'], waitForStage: 'ACCEPTED' });
          assert.equal(await update.result(), 'Hello, Linus!');
          const again = handle.getUpdateHandle(update.updateId);
          assert.equal(await again.result(), 'Hello, Linus!');
          const failing = await rejection(handle.executeUpdate('slowSet', { args: [0, 'fail'] }));
          assert.equal(failing.cause.message, 'asked to fail');
          await handle.signal('finish');
          assert.deepEqual(await handle.result(), ['Hello, Linus!']);
        });
      });

      it('the same update id happens once', async () => {
        await env().withWorker(async (taskQueue) => {
          const handle = await start('inbox', taskQueue, [['a']]);
          const updateId = env().id('update');
          const results = await Promise.all([1, 2, 3].map(() => handle.executeUpdate('set', { args: [0, 'x'], updateId })));
          assert.deepEqual(results, ['a', 'a', 'a']);
          assert.equal(await handle.executeUpdate('set', { args: [0, 'y'], updateId }), 'a');
          await handle.terminate();
        });
      });

      it('update-with-start starts and updates in one call', async () => {
        await env().withWorker(async (taskQueue) => {
          const startWorkflowOperation = () =>
            new WithStartWorkflowOperation('inbox', { workflowId, taskQueue, args: [['a']], workflowIdConflictPolicy: 'USE_EXISTING' });
          const workflowId = env().id('uws');
          const first = startWorkflowOperation();
          assert.equal(await client().workflow.executeUpdateWithStart('set', { args: [0, 'b'], startWorkflowOperation: first }), 'a');
          const second = startWorkflowOperation();
          assert.equal(await client().workflow.executeUpdateWithStart('set', { args: [0, 'c'], startWorkflowOperation: second }), 'b');
          assert.equal((await second.workflowHandle()).workflowId, workflowId);
          await (await first.workflowHandle()).terminate();
        });
      });

      it('cancellation reaches the workflow, which may clean up', async () => {
        await env().withWorker(async (taskQueue) => {
          const handle = await start('cancellable', taskQueue);
          await handle.cancel();
          const error = await rejection(handle.result());
          assert.equal(error.cause.name, 'CancelledFailure');
          assert.equal((await handle.describe()).status.name, 'CANCELLED');
        });
      });

      it('a canceled activity learns it from its heartbeat', async () => {
        await env().withWorker(async (taskQueue) => {
          const handle = await start('cancelsActivity', taskQueue);
          assert.equal(await handle.result(), 'canceled');
        });
      });
    });
  }

  describe('workflow bugs', () => {
    it('a failed workflow task is retried and visible as pending, and the workflow can be terminated', async () => {
      await env().withWorker(async (taskQueue) => {
        const handle = await env().client.workflow.start('stuckTask', { workflowId: env().id('stuck'), taskQueue });
        await eventually(async () => (await handle.describe()).raw.pendingWorkflowTask?.attempt > 1, 'second attempt');
        await handle.terminate();
        assert.equal((await handle.describe()).status.name, 'TERMINATED');
      });
    });
  });

  describe('updates, worked on by hand', () => {
    it('an update that the worker passes over is rejected as unprocessed', async () => {
      const { workflowService } = env().grpcJs;
      const taskQueue = { name: env().id('by-hand'), kind: 1 };
      const handle = await env().client.workflow.start('stuckTask', { workflowId: env().id('passed-over'), taskQueue: taskQueue.name });
      const poll = () => workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue, identity: 'by hand' });
      await workflowService.respondWorkflowTaskCompleted({ namespace: 'default', taskToken: (await poll()).taskToken });
      let error;
      rejection(handle.executeUpdate('set', { args: [0, 'x'] })).then((rejected) => (error = rejected));
      const { taskToken, messages } = await poll();
      assert.equal(messages.length, 1);
      await workflowService.respondWorkflowTaskCompleted({ namespace: 'default', taskToken });
      await eventually(() => error, 'rejected update');
      assert.equal(error.cause.type, 'UnprocessedUpdate');
      await handle.terminate();
    });
  });
}
