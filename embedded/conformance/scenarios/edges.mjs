// Sizes, races, and what must survive them. The last scenario replays what all the others left behind.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from '@temporalio/worker';
import { eventually, rejection } from './environment.mjs';

export function edges(env) {
  describe('edges', { concurrency: 4 }, () => {
    const start = (workflow, taskQueue, args = [], options = {}) =>
      env().client.workflow.start(workflow, { workflowId: env().id(workflow), taskQueue, args, ...options });

    it('a history of many pages is replayed by a worker that has never seen it', async () => {
      const taskQueue = env().id('long');
      const handle = await start('inbox', taskQueue);
      for (let i = 0; i < 40; i++) await Promise.all(Array.from({ length: 20 }, (_, j) => handle.signal('add', i * 20 + j)));
      await env().withWorker(
        async () => {
          assert.equal((await handle.query('state')).length, 800);
          await handle.signal('finish');
          assert.equal((await handle.result()).length, 800);
        },
        { taskQueue, maxCachedWorkflows: 0 }
      );
      assert.ok((await handle.fetchHistory()).events.length > 800);
    });

    it('signals that race with the completion of their workflow are each either in its result or refused', async () => {
      const handle = await start('takesWhatComes', env().sharedQueue, [3]);
      const accepted = [];
      const send = async (item) => {
        const sent = await handle.signal('add', item).then(() => true, (error) => error.name !== 'WorkflowNotFoundError' && Promise.reject(error));
        if (sent) accepted.push(item);
        return sent;
      };
      for (let i = 0; i < 60 && (await send(i)); i++);
      assert.deepEqual(await handle.result(), accepted);
    });

    it('heartbeat details survive into the next attempt', async () => {
      assert.equal(await (await start('heartbeatsSurvive', env().sharedQueue)).result(), 42);
    });

    it('an activity that nobody takes up is timed out', async () => {
      const error = await rejection((await start('queueTimeout', env().sharedQueue)).result());
      assert.equal(error.cause.cause.timeoutType, 'SCHEDULE_TO_START');
    });

    it('a payload of a megabyte passes, a message over four is refused with its reason', async () => {
      const handle = await start('inbox', env().sharedQueue, [['x'.repeat(1_000_000)]]);
      assert.equal((await handle.query('state'))[0].length, 1_000_000);
      await handle.terminate();
      const error = await rejection(start('inbox', env().sharedQueue, [['x'.repeat(5_000_000)]]));
      assert.match(`${error} ${error.cause}`, /RESOURCE_EXHAUSTED|larger than max|exceeds/i);
    });

    it('a start delay holds back the first task, not the start', async () => {
      const handle = await start('greeting', env().sharedQueue, ['late'], { startDelay: '700ms' });
      const { raw } = await handle.describe();
      assert.ok(raw.workflowExecutionInfo.executionTime.seconds !== undefined);
      assert.equal(await handle.result(), 'Hello, late!');
      const { startTime, executionTime } = await handle.describe();
      assert.ok(executionTime - startTime >= 700);
    });

    it('an eager start answers with the first task', async () => {
      // The native client asks for it where a worker on its own connection has room; the worker gets the task without any poll of it.
      const handle = await env().clients['native client'].workflow.start('greeting', {
        workflowId: env().id('eager'), taskQueue: env().sharedQueue, args: ['soon'], requestEagerStart: true,
      });
      assert.equal(await handle.result(), 'Hello, soon!');
      const { events } = await handle.fetchHistory();
      assert.equal(events[0].workflowExecutionStartedEventAttributes.eagerExecutionAccepted, true);
      const { requestIdInfos } = (await handle.describe()).raw.workflowExtendedInfo;
      assert.deepEqual(Object.keys(requestIdInfos), [events[2].workflowTaskStartedEventAttributes.requestId]);
    });

    it('an eager start that is sent again brings the same task until that is over', async () => {
      const { workflowService } = env().grpcJs;
      const request = {
        namespace: 'default', workflowId: env().id('eager'), workflowType: { name: 'stuckTask' }, taskQueue: { name: env().id('nobody') },
        requestId: env().id('request'), requestEagerExecution: true,
      };
      const { eagerWorkflowTask: lost, runId } = await workflowService.startWorkflowExecution(request);
      const { eagerWorkflowTask, runId: again } = await workflowService.startWorkflowExecution(request);
      assert.equal(again, runId);
      assert.deepEqual(eagerWorkflowTask.history.events.map(({ eventId }) => Number(eventId)), [1, 2, 3]);
      assert.deepEqual(eagerWorkflowTask.taskToken, lost.taskToken);
      await workflowService.respondWorkflowTaskCompleted({
        namespace: 'default', taskToken: eagerWorkflowTask.taskToken, commands: [{ commandType: 4, completeWorkflowExecutionCommandAttributes: {} }],
      });
      assert.equal((await env().client.workflow.getHandle(request.workflowId).describe()).status.name, 'COMPLETED');
      assert.ok(!(await workflowService.startWorkflowExecution(request)).eagerWorkflowTask);
    });

    it('a delayed start and a start of a cron workflow are not eager', async () => {
      for (const options of [{ workflowStartDelay: { seconds: 60 } }, { cronSchedule: '0 0 1 1 *' }]) {
        const request = {
          namespace: 'default', workflowId: env().id('not-eager'), workflowType: { name: 'stuckTask' }, taskQueue: { name: env().id('nobody') },
          requestId: env().id('request'), requestEagerExecution: true, ...options,
        };
        const { eagerWorkflowTask, started } = await env().grpcJs.workflowService.startWorkflowExecution(request);
        assert.deepEqual([started, eagerWorkflowTask ?? null], [true, null]);
        const handle = env().client.workflow.getHandle(request.workflowId);
        const { events } = await handle.fetchHistory();
        assert.ok(!events[0].workflowExecutionStartedEventAttributes.eagerExecutionAccepted);
        await handle.terminate();
      }
    });

    it('pending activities are described while they wait for their retry', async () => {
      const taskQueue = env().id('pending');
      const handle = await start('greeting', taskQueue, ['x']);
      await env().withWorker(
        async () => {
          const { raw } = await eventually(async () => {
            const description = await handle.describe();
            return description.raw.pendingActivities?.length ? description : undefined;
          }, 'pending activity');
          assert.equal(raw.pendingActivities[0].activityType.name, 'greet');
          await handle.terminate();
        },
        { taskQueue, activities: undefined }
      );
    });

    it('a deleted workflow is gone', async () => {
      const handle = await start('greeting', env().sharedQueue, ['gone']);
      await handle.result();
      await env().grpcJs.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId: handle.workflowId } });
      await eventually(async () => (await handle.describe().catch((error) => error)).name === 'WorkflowNotFoundError', 'absence');
    });
  });

  describe('replay', () => {
    it('every history that the scenarios left replays in a genuine worker', async () => {
      const histories = async function* () {
        for await (const { workflowId, runId } of env().client.workflow.list({ query: "WorkflowType != 'stuckTask' AND ExecutionStatus != 'Running'" })) {
          const history = await env().client.workflow.getHandle(workflowId, runId).fetchHistory();
          if (history.events.length < 1000) yield { workflowId, history };
        }
      };
      let count = 0;
      for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: env().bundle, replayName: env().id('replay') }, histories())) {
        assert.equal(error, undefined, `${workflowId}: ${error}`);
        count++;
      }
      assert.ok(count > 0);
    });
  });
}
