// What operators do: resets with exclusions, resets of activities, namespaces; and what workers tell of themselves.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handed } from '../workflows/historyActivities.mjs';
import { eventually, rejection } from './environment.mjs';

// Numbers of the public protocol's enums.
const ALREADY_EXISTS = 6;
const EXCLUDE = { SIGNAL: 1, UPDATE: 2 };
const REAPPLY = { SIGNAL: 1, NONE: 2 };
const WORKER = { RUNNING: 1, SHUTDOWN: 3 };
const DAY = 86_400;

export function operators(env) {
  const service = () => env().grpcJs.workflowService;
  const start = (workflow, args = []) => env().client.workflow.start(workflow, { workflowId: env().id(workflow), taskQueue: env().sharedQueue, args });

  describe('resets', { concurrency: 4 }, () => {
    /** The result of a workflow that took a signal and an update, was reset to the task before both, and then finished. */
    async function resultAfterReset(options) {
      const handle = await start('inbox');
      assert.deepEqual(await handle.query('state'), []);
      await handle.signal('add', 'signaled');
      await handle.executeUpdate('set', { args: [1, 'updated'] });
      const { runId } = await service().resetWorkflowExecution({
        namespace: 'default', workflowExecution: { workflowId: handle.workflowId }, reason: 'conformance', requestId: env().id('request'), workflowTaskFinishEventId: 4, ...options,
      });
      const again = env().client.workflow.getHandle(handle.workflowId, runId);
      await again.signal('finish');
      return await again.result();
    }

    it('a reset carries signals and updates over', async () => {
      assert.deepEqual(await resultAfterReset({}), ['signaled', 'updated']);
    });

    it('a reset leaves signals out if it is told to', async () => {
      assert.deepEqual(await resultAfterReset({ resetReapplyExcludeTypes: [EXCLUDE.SIGNAL] }), [null, 'updated']);
    });

    it('a reset leaves updates out if it is told to', async () => {
      assert.deepEqual(await resultAfterReset({ resetReapplyExcludeTypes: [EXCLUDE.UPDATE] }), ['signaled']);
    });

    it('a reset obeys the older way of telling what to carry over', async () => {
      assert.deepEqual(await resultAfterReset({ resetReapplyType: REAPPLY.SIGNAL }), ['signaled']);
      assert.deepEqual(await resultAfterReset({ resetReapplyType: REAPPLY.NONE }), []);
    });
  });

  describe('activities', () => {
    it('a reset activity has all its attempts again', async () => {
      const handle = await start('handsOver', ['30s', 2]);
      const attempt = async (count) =>
        (await eventually(() => handed.get(handle.workflowId)?.length === count && handed.get(handle.workflowId), `attempt number ${count}`))[count - 1];
      await env().client.activity.fail(await attempt(1), new Error('once'));
      const second = await attempt(2);
      await service().resetActivity({ namespace: 'default', execution: { workflowId: handle.workflowId }, identity: 'operator', id: '1' });
      assert.equal((await handle.describe()).raw.pendingActivities[0].attempt, 1);
      // It was the last one, and counts as the first.
      await env().client.activity.fail(second, new Error('twice'));
      await env().client.activity.complete(await attempt(3), 'begun again');
      assert.equal(await handle.result(), 'begun again');
    });
  });

  describe('namespaces', () => {
    it('a namespace is registered once and described as it was changed', async () => {
      const namespace = env().id('space');
      const register = () => service().registerNamespace({ namespace, description: 'first', workflowExecutionRetentionPeriod: { seconds: DAY } });
      await register();
      assert.equal((await rejection(register())).code, ALREADY_EXISTS);
      await service().updateNamespace({ namespace, updateInfo: { description: 'second' }, config: { workflowExecutionRetentionTtl: { seconds: 3 * DAY } } });
      const { namespaceInfo, config } = await service().describeNamespace({ namespace });
      assert.deepEqual([namespaceInfo.name, namespaceInfo.description, Number(config.workflowExecutionRetentionTtl.seconds)], [namespace, 'second', 3 * DAY]);
      const { namespaces } = await service().listNamespaces({ pageSize: 1000 });
      assert.ok(namespaces.some((other) => other.namespaceInfo.name === namespace));
    });
  });

  describe('workers tell of themselves', () => {
    it('a heartbeat of a worker is seen until it says that it has shut down', async () => {
      const worker = { workerInstanceKey: env().id('worker'), workerIdentity: 'somebody', taskQueue: env().id('queue'), sdkName: 'conformance', status: WORKER.RUNNING };
      await service().recordWorkerHeartbeat({ namespace: 'default', identity: worker.workerIdentity, workerHeartbeat: [worker] });
      const described = async () =>
        (await service().describeWorker({ namespace: 'default', workerInstanceKey: worker.workerInstanceKey })).workerInfo.workerHeartbeat;
      const { taskQueue, workerIdentity, status } = await described();
      assert.deepEqual([taskQueue, workerIdentity, status], [worker.taskQueue, worker.workerIdentity, WORKER.RUNNING]);
      const { workersInfo } = await service().listWorkers({ namespace: 'default', query: `TaskQueue = '${worker.taskQueue}'` });
      assert.deepEqual(workersInfo.map((info) => info.workerHeartbeat.workerInstanceKey), [worker.workerInstanceKey]);
      await service().shutdownWorker({ namespace: 'default', identity: worker.workerIdentity, taskQueue: worker.taskQueue, workerHeartbeat: worker });
      assert.equal((await described()).status, WORKER.SHUTDOWN);
    });
  });
}
