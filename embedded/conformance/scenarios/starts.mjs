// Who may have a workflow id: reuse policies after a run has closed, conflict policies while one is open.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rejection } from './environment.mjs';

const INVALID_ARGUMENT = 3;
const TERMINATE_IF_RUNNING = 4;

export function starts(env) {
  describe('workflow ids', { concurrency: 4 }, () => {
    const start = (workflowId, options = {}) => env().client.workflow.start('inbox', { workflowId, taskQueue: 'nobody-works-on-this', ...options });

    async function closed() {
      const handle = await start(env().id('used'));
      await handle.terminate();
      return handle;
    }

    it('under ALLOW_DUPLICATE a closed workflow may be started again', async () => {
      const before = await closed();
      const again = await start(before.workflowId, { workflowIdReusePolicy: 'ALLOW_DUPLICATE' });
      assert.notEqual(again.firstExecutionRunId, before.firstExecutionRunId);
      await again.terminate();
    });

    it('under REJECT_DUPLICATE a closed workflow may not be started again', async () => {
      const before = await closed();
      const error = await rejection(start(before.workflowId, { workflowIdReusePolicy: 'REJECT_DUPLICATE' }));
      assert.equal(error.name, 'WorkflowExecutionAlreadyStartedError');
    });

    it('under TERMINATE_IF_RUNNING a start takes the place of the open run', async () => {
      const before = await start(env().id('replaced'));
      // The SDK has no name for this old policy any more.
      await env().grpcJs.workflowService.startWorkflowExecution({
        namespace: 'default', workflowId: before.workflowId, workflowType: { name: 'inbox' }, taskQueue: { name: 'nobody-works-on-this' },
        requestId: env().id('request'), workflowIdReusePolicy: TERMINATE_IF_RUNNING,
      });
      const { workflow } = env().client;
      assert.equal((await workflow.getHandle(before.workflowId, before.firstExecutionRunId).describe()).status.name, 'TERMINATED');
      const current = workflow.getHandle(before.workflowId);
      assert.notEqual((await current.describe()).runId, before.firstExecutionRunId);
      await current.terminate();
    });

    it('REJECT_DUPLICATE and TERMINATE_EXISTING contradict each other', async () => {
      const error = await rejection(start(env().id('both'), { workflowIdReusePolicy: 'REJECT_DUPLICATE', workflowIdConflictPolicy: 'TERMINATE_EXISTING' }));
      assert.equal(error.code ?? error.cause?.code, INVALID_ARGUMENT);
    });
  });
}
