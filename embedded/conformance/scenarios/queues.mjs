// Task queues: who is served first, and what workers are told of how much to poll.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually, rejection } from './environment.mjs';

const INVALID_ARGUMENT = 3;
const WORKFLOW_QUEUE = 1;

export function queues(env) {
  const service = () => env().grpcJs.workflowService;

  describe('task queues', { concurrency: 4 }, () => {
    const start = (taskQueue, options = {}) =>
      env().client.workflow.start('greeting', { workflowId: env().id('greeting'), taskQueue, args: ['you'], ...options });
    const poll = (name) => service().pollWorkflowTaskQueue({ namespace: 'default', taskQueue: { name }, identity: 'by hand' });
    const describeQueue = (name) =>
      service().describeTaskQueue({ namespace: 'default', taskQueue: { name }, taskQueueType: WORKFLOW_QUEUE, reportStats: true, reportConfig: true });

    it('a priority is kept, shown, and handed down to activities part by part', async () => {
      const priority = { priorityKey: 2, fairnessKey: 'tenant', fairnessWeight: 3 };
      const handle = await env().client.workflow.start('priorities', { workflowId: env().id('priorities'), taskQueue: env().sharedQueue, priority });
      assert.deepEqual(await handle.result(), [priority, { ...priority, fairnessWeight: 2 }]);
      assert.deepEqual((await handle.describe()).priority, priority);
    });

    it('a priority that no queue can order by is refused', async () => {
      const request = (priority) => ({
        namespace: 'default', workflowId: env().id('refused'), workflowType: { name: 'greeting' }, taskQueue: { name: env().id('nobody') }, priority,
      });
      for (const priority of [{ priorityKey: -1 }, { fairnessKey: 'k'.repeat(65) }, { fairnessWeight: -1 }]) {
        assert.equal((await rejection(service().startWorkflowExecution(request(priority)))).code, INVALID_ARGUMENT);
      }
    });

    it('smaller priority keys go first', async () => {
      const taskQueue = env().id('priorities');
      const ids = [];
      for (const priorityKey of [4, 2, 5, 1]) ids.push((await start(taskQueue, { priority: { priorityKey } })).workflowId);
      for (const expected of [3, 1, 0, 2]) assert.equal((await poll(taskQueue)).workflowExecution.workflowId, ids[expected]);
    });

    it('operators set the weights of fairness keys', async () => {
      const taskQueue = env().id('weights');
      const update = (change) =>
        service().updateTaskQueueConfig({ namespace: 'default', identity: 'operator', taskQueue, taskQueueType: WORKFLOW_QUEUE, ...change });
      await update({ setFairnessWeightOverrides: { gold: 5, iron: 0.5 } });
      await update({ setFairnessWeightOverrides: { gold: 4 }, unsetFairnessWeightOverrides: ['iron'] });
      assert.deepEqual((await describeQueue(taskQueue)).config.fairnessWeightOverrides, { gold: 4 });
      assert.equal((await rejection(update({ setFairnessWeightOverrides: { gold: 0 } }))).code, INVALID_ARGUMENT);
    });

    it('a worker that was idle is advised to poll less', async () => {
      const taskQueue = env().id('idle');
      const task = poll(taskQueue);
      await eventually(async () => {
        const [poller] = (await describeQueue(taskQueue)).pollers ?? [];
        return poller && Date.now() - Number(poller.lastAccessTime.seconds) * 1000 > 2_100;
      }, 'idleness');
      await start(taskQueue);
      assert.equal((await task).pollerScalingDecision.pollRequestDeltaSuggestion, -1);
    });

    it('a worker is advised to poll more when tasks have waited', async () => {
      const taskQueue = env().id('backlog');
      for (let i = 0; i < 3; i++) await start(taskQueue);
      await eventually(async () => {
        const { approximateBacklogCount, approximateBacklogAge: age } = (await describeQueue(taskQueue)).stats;
        return Number(approximateBacklogCount) === 3 && Number(age.seconds ?? 0) * 1000 + (age.nanos ?? 0) / 1e6 > 500;
      }, 'backlog');
      assert.equal((await poll(taskQueue)).pollerScalingDecision.pollRequestDeltaSuggestion, 1);
    });
  });
}
