// Starting, finishing, failing, retrying, continuing, terminating.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { eventually, rejection } from './environment.mjs';

export function execution(env) {
  for (const name of ['grpc-js client', 'native client']) {
    describe(`execution, ${name}`, { concurrency: 4 }, () => {
      const client = () => env().clients[name];
      const run = (workflow, args = [], options = {}) =>
        env().withWorker(
          (taskQueue) => client().workflow.execute(workflow, { workflowId: env().id(workflow), taskQueue, args, ...options })
        );

      it('a workflow runs an activity and answers', async () => assert.equal(await run('greeting', ['Ada']), 'Hello, Ada!'));

      it('a failing activity is tried again', async () => assert.deepEqual(await run('retried'), { calls: 3, attempt: 3 }));

      it('an activity that fails for good fails its workflow with the cause', async () => {
        const error = await rejection(run('failsForGood'));
        assert.equal(error.name, 'WorkflowFailedError');
        assert.equal(error.cause.name, 'ActivityFailure');
        assert.equal(error.cause.retryState, 'MAXIMUM_ATTEMPTS_REACHED');
        assert.equal(error.cause.cause.message, 'never works');
      });

      it('an activity that outlives its time is timed out by the server', async () => {
        const error = await rejection(run('activityTimesOut'));
        assert.equal(error.cause.cause.name, 'TimeoutFailure');
        assert.equal(error.cause.cause.timeoutType, 'START_TO_CLOSE');
      });

      it('a local activity leaves a marker only', async () => assert.equal(await run('localActivity', ['Grace']), 'Hello, Grace!'));

      it('timers fire', async () => assert.equal(await run('timers', [100]), 'slept'));

      it('a canceled timer does not fire', async () => assert.equal(await run('canceledTimer'), 'canceled'));

      it('many activities at once all complete', async () => assert.equal(await run('manyActivities', [60]), 60));

      it('continue-as-new keeps the workflow id and the result follows the chain', async () =>
        assert.deepEqual(await run('countdown', [3]), [3, 2, 1, 'continued']));

      it('a failure keeps its type, message and details', async () => {
        const { cause } = await rejection(run('fails', ['order']));
        assert.deepEqual([cause.name, cause.type, cause.message, cause.nonRetryable, cause.details], ['ApplicationFailure', 'Deliberate', 'order failed', true, [{ who: 'order' }]]);
      });

      it('a workflow with a retry policy is run again', async () =>
        assert.equal(await run('failsUntilThirdAttempt', [], { retry: { initialInterval: '10ms', maximumAttempts: 5 } }), 3));

      it('a patch marker and its search attribute are accepted', async () => assert.equal(await run('patches'), 'new'));

      it('a run time-out closes the workflow', async () => {
        const error = await rejection(run('inbox', [], { workflowRunTimeout: '300ms' }));
        assert.equal(error.cause.name, 'TimeoutFailure');
      });

      it('a started workflow id is refused a second time, and its first run can be found and ended', async () => {
        const workflowId = env().id('twice');
        const options = { workflowId, taskQueue: env().id('nobody') };
        const handle = await client().workflow.start('inbox', options);
        const error = await rejection(client().workflow.start('inbox', options));
        assert.ok(error instanceof WorkflowExecutionAlreadyStartedError, `${error}`);

        const same = await client().workflow.start('inbox', { ...options, workflowIdConflictPolicy: 'USE_EXISTING' });
        assert.equal(same.firstExecutionRunId, handle.firstExecutionRunId);
        const other = await client().workflow.start('inbox', { ...options, workflowIdConflictPolicy: 'TERMINATE_EXISTING' });
        assert.notEqual(other.firstExecutionRunId, handle.firstExecutionRunId);
        assert.equal((await client().workflow.getHandle(workflowId, handle.firstExecutionRunId).describe()).status.name, 'TERMINATED');

        await other.terminate('enough');
        const terminated = await rejection(other.result());
        assert.deepEqual([terminated.cause.name, terminated.cause.message], ['TerminatedFailure', 'enough']);
        const refused = await rejection(client().workflow.start('inbox', { ...options, workflowIdReusePolicy: 'REJECT_DUPLICATE' }));
        assert.ok(refused instanceof WorkflowExecutionAlreadyStartedError, `${refused}`);
      });

      it('what does not exist is not found', async () => {
        const handle = client().workflow.getHandle(env().id('nothing'));
        const { describe, signal, terminate, cancel, query, result } = handle;
        for (const call of [describe, signal, terminate, cancel, query, result]) {
          const error = await rejection(call.call(handle, 'x'));
          assert.ok(error instanceof WorkflowNotFoundError, `${error}`);
        }
      });

      it('an activity can be completed from elsewhere by its token', async () => {
        const { asyncTokens } = await import('../workflows/activities.mjs');
        const result = await env().withWorker(async (taskQueue) => {
          const handle = await client().workflow.start('asyncCompletion', { workflowId: env().id('async'), taskQueue });
          const token = await eventually(() => asyncTokens.shift(), 'started activity');
          await client().activity.heartbeat(token, 'half');
          await client().activity.complete(token, 'from elsewhere');
          return await handle.result();
        });
        assert.equal(result, 'from elsewhere');
      });
    });
  }
}
