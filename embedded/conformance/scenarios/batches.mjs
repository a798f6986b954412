// One operation over many workflows.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually, rejection } from './environment.mjs';

// Numbers of the public protocol's enums.
const RUNNING = 1;
const COMPLETED = 2;
const FAILED = 3;

export function batches(env) {
  describe('batch operations', { concurrency: 4 }, () => {
    const service = () => env().grpcJs.workflowService;

    // Open workflows that one query finds.
    async function open(count) {
      const city = env().id('batch');
      const handles = await Promise.all(
        Array.from({ length: count }, (_, i) =>
          env().client.workflow.start('inbox', { workflowId: `${city}-${i}`, taskQueue: env().sharedQueue, searchAttributes: { CustomCity: [city] } })
        )
      );
      return { handles, query: `CustomCity = '${city}'` };
    }

    async function run(operation, more) {
      const jobId = env().id('job');
      await service().startBatchOperation({ namespace: 'default', jobId, reason: 'conformance', ...operation, ...more });
      return await eventually(async () => {
        const batch = await service().describeBatchOperation({ namespace: 'default', jobId });
        return batch.state !== RUNNING && batch;
      }, 'closed batch');
    }

    const counts = (batch) => [batch.state, Number(batch.totalOperationCount), Number(batch.completeOperationCount), Number(batch.failureOperationCount)];

    it('signals reach every workflow once', async () => {
      const { handles, query } = await open(12);
      const signaled = await run({ signalOperation: { signal: 'finish', identity: 'operator' } }, { visibilityQuery: query });
      assert.deepEqual(counts(signaled), [COMPLETED, 12, 12, 0]);
      const signals = await eventually(async () => {
        const { events } = await handles[0].fetchHistory();
        const found = events.filter((event) => event.workflowExecutionSignaledEventAttributes);
        return found.length > 0 && found;
      }, 'signal');
      assert.deepEqual(signals.map((event) => event.workflowExecutionSignaledEventAttributes.signalName), ['finish']);
      assert.deepEqual(await Promise.all(handles.map((handle) => handle.result())), handles.map(() => []));
    });

    it('a cancellation by batch reaches every workflow with its reason', async () => {
      const { handles, query } = await open(5);
      assert.deepEqual(counts(await run({ cancellationOperation: {} }, { visibilityQuery: query })), [COMPLETED, 5, 5, 0]);
      for (const handle of handles) {
        await eventually(async () => {
          const { events } = await handle.fetchHistory();
          return events.some((event) => event.workflowExecutionCancelRequestedEventAttributes?.cause === 'conformance');
        }, 'cancellation');
      }
      assert.equal((await rejection(handles[0].result())).cause.name, 'CancelledFailure');
    });

    it('a termination by batch ends every workflow', async () => {
      const { handles, query } = await open(5);
      assert.deepEqual(counts(await run({ terminationOperation: { identity: 'operator' } }, { visibilityQuery: query })), [COMPLETED, 5, 5, 0]);
      for (const handle of handles) assert.equal((await handle.describe()).status.name, 'TERMINATED');
    });

    it('a deletion by batch leaves nothing', async () => {
      const { handles, query } = await open(2);
      await handles[0].terminate();
      assert.deepEqual(counts(await run({ deletionOperation: {} }, { visibilityQuery: query })), [COMPLETED, 2, 2, 0]);
      await eventually(async () => (await env().client.workflow.count(query)).count === 0, 'empty list');
    });

    it('options of every workflow are changed by batch', async () => {
      const { handles, query } = await open(2);
      const updateWorkflowOptionsOperation = { identity: 'operator', workflowExecutionOptions: { priority: { priorityKey: 2 } }, updateMask: { paths: ['priority'] } };
      assert.deepEqual(counts(await run({ updateWorkflowOptionsOperation }, { visibilityQuery: query })), [COMPLETED, 2, 2, 0]);
      for (const handle of handles) {
        assert.equal((await handle.describe()).raw.workflowExecutionInfo.priority.priorityKey, 2);
        // A worker passes over the event that says so.
        await handle.signal('finish');
        assert.deepEqual(await handle.result(), []);
      }
    });

    it('a reset by batch starts every workflow over', async () => {
      const { handles, query } = await open(3);
      await Promise.all(handles.map(async (handle) => {
        await handle.signal('add', 1);
        await eventually(async () => (await handle.query('state')).length === 1, 'signal taken');
      }));
      assert.deepEqual(counts(await run({ resetOperation: { options: { firstWorkflowTask: {} } } }, { visibilityQuery: query })), [COMPLETED, 3, 3, 0]);
      for (const handle of handles) {
        const current = env().client.workflow.getHandle(handle.workflowId);
        assert.notEqual((await current.describe()).runId, handle.firstExecutionRunId);
        await current.signal('finish');
        // What had come before the reset is carried over.
        assert.deepEqual(await current.result(), [1]);
      }
    });

    it('the activities of every workflow are changed and unpaused by batch', async () => {
      const taskQueue = env().id('activities');
      const visibilityQuery = `TaskQueue = '${taskQueue}'`;
      await env().withWorker(
        async () => {
          const handles = await Promise.all(
            Array.from({ length: 2 }, () => env().client.workflow.start('greeting', { workflowId: env().id('paused'), taskQueue, args: ['x'] }))
          );
          const pending = async (handle) => (await handle.describe()).raw.pendingActivities?.[0];
          for (const handle of handles) {
            await eventually(async () => await pending(handle), 'pending activity');
            await service().pauseActivity({ namespace: 'default', execution: { workflowId: handle.workflowId }, identity: 'operator', type: 'greet' });
          }
          const updateActivityOptionsOperation = { type: 'greet', activityOptions: { heartbeatTimeout: { seconds: 3 } }, updateMask: { paths: ['heartbeat_timeout'] } };
          assert.deepEqual(counts(await run({ updateActivityOptionsOperation }, { visibilityQuery })), [COMPLETED, 2, 2, 0]);
          assert.deepEqual(counts(await run({ unpauseActivitiesOperation: { matchAll: true } }, { visibilityQuery })), [COMPLETED, 2, 2, 0]);
          for (const handle of handles) {
            const activity = await pending(handle);
            assert.deepEqual([activity.paused ?? false, Number(activity.activityOptions.heartbeatTimeout.seconds)], [false, 3]);
            await handle.terminate();
          }
        },
        { taskQueue, activities: undefined }
      );
    });

    it('standalone activities are canceled and terminated by batch', async () => {
      const taskQueue = env().id('nobody');
      const handles = [];
      for (const name of ['canceled', 'terminated', 'terminated']) {
        handles.push(await env().client.activity.start('greet', { id: env().id(name), taskQueue, startToCloseTimeout: '10s' }));
      }
      const cancelActivitiesOperation = { identity: 'operator', reason: 'why' };
      const one = { visibilityQuery: `ActivityId = '${handles[0].activityId}'` };
      assert.deepEqual(counts(await run({ cancelActivitiesOperation }, one)), [COMPLETED, 1, 1, 0]);
      const rest = { visibilityQuery: `TaskQueue = '${taskQueue}'` };
      assert.deepEqual(counts(await run({ terminateActivitiesOperation: { identity: 'operator', reason: 'over' } }, rest)), [COMPLETED, 2, 2, 0]);
      const statuses = await Promise.all(handles.map(async (handle) => (await handle.describe()).status));
      assert.deepEqual(statuses, ['CANCELED', 'TERMINATED', 'TERMINATED']);
    });

    it('executions that are named and not there are counted as failures', async () => {
      const { handles } = await open(1);
      const executions = [{ workflowId: handles[0].workflowId }, { workflowId: env().id('nobody') }];
      assert.deepEqual(counts(await run({ terminationOperation: {} }, { executions })), [COMPLETED, 2, 1, 1]);
    });

    it('a stopped batch leaves the rest alone and is listed as failed', async () => {
      const { handles, query } = await open(4);
      const jobId = env().id('job');
      await service().startBatchOperation({ namespace: 'default', jobId, reason: 'slow', visibilityQuery: query, maxOperationsPerSecond: 0.01, terminationOperation: {} });
      await service().stopBatchOperation({ namespace: 'default', jobId, reason: 'enough', identity: 'operator' });
      const { operationInfo } = await service().listBatchOperations({ namespace: 'default', pageSize: 100 });
      assert.equal(operationInfo.find((info) => info.jobId === jobId).state, FAILED);
      const statuses = await Promise.all(handles.map(async (handle) => (await handle.describe()).status.name));
      assert.ok(statuses.filter((status) => status === 'RUNNING').length >= 3);
      await Promise.all(handles.map((handle) => handle.terminate().catch(() => undefined)));
    });
  });
}
