// Children, external workflows, lists.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { eventually } from './environment.mjs';

const city = defineSearchAttributeKey('CustomCity', 'KEYWORD');

export function relations(env) {
  describe('children and others', { concurrency: 4 }, () => {
    const run = (workflow, args = [], options = {}) =>
      env().withWorker((taskQueue) => env().client.workflow.execute(workflow, { workflowId: env().id(workflow), taskQueue, args, ...options }));

    it('a child answers its parent', async () => assert.equal(await run('parent', ['child']), 'Hello, child!'));

    it("a child's failure reaches its parent with its cause", async () =>
      assert.equal(await run('parentOfFailure'), 'ChildWorkflowFailure: child failed'));

    it('a workflow id in use refuses a second child', async () =>
      assert.equal(await run('parentWithDuplicate', [env().id('child')]), 'WorkflowExecutionAlreadyStartedError'));

    for (const [policy, status] of [['TERMINATE', 'TERMINATED'], ['ABANDON', 'RUNNING'], ['REQUEST_CANCEL', 'CANCELLED']]) {
      it(`parent close policy ${policy} leaves the child ${status}`, async () => {
        const childId = env().id('child');
        await env().withWorker(async (taskQueue) => {
          await env().client.workflow.execute('parentThatEnds', { workflowId: env().id('parent'), taskQueue, args: [childId, policy] });
          const child = env().client.workflow.getHandle(childId);
          await eventually(async () => (await child.describe()).status.name === status, `child that is ${status}`);
          if (status === 'RUNNING') await child.terminate();
        });
      });
    }

    it('one workflow signals another', async () => {
      await env().withWorker(async (taskQueue) => {
        const target = await env().client.workflow.start('inbox', { workflowId: env().id('target'), taskQueue });
        assert.equal(await env().client.workflow.execute('signaler', { workflowId: env().id('signaler'), taskQueue, args: [target.workflowId] }), 'signalled');
        assert.deepEqual(await target.result(), ['from outside']);
      });
    });

    it('a signal to nobody fails in the workflow that sent it', async () => assert.equal(await run('signalsNobody'), 'failed'));

    it('one workflow cancels another', async () => {
      await env().withWorker(async (taskQueue) => {
        const target = await env().client.workflow.start('cancellable', { workflowId: env().id('target'), taskQueue });
        assert.equal(await env().client.workflow.execute('canceler', { workflowId: env().id('canceler'), taskQueue, args: [target.workflowId] }), 'asked');
        await eventually(async () => (await target.describe()).status.name === 'CANCELLED', 'canceled target');
      });
    });
  });

  describe('lists', { concurrency: 4 }, () => {
    it('a run is listed and counted by what it is and by its search attributes', async () => {
      const { client } = env();
      const marker = env().id('town');
      await env().withWorker(async (taskQueue) => {
        const ids = [];
        for (let i = 0; i < 3; i++) {
          const handle = await client.workflow.start('inbox', {
            workflowId: env().id('listed'), taskQueue, typedSearchAttributes: new TypedSearchAttributes([{ key: city, value: marker }]), memo: { number: i },
          });
          ids.push(handle.workflowId);
        }
        await client.workflow.getHandle(ids[0]).signal('finish');
        await client.workflow.getHandle(ids[0]).result();

        const listed = [];
        for await (const info of client.workflow.list({ query: `CustomCity = '${marker}'`, pageSize: 2 })) listed.push(info);
        assert.deepEqual(new Set(listed.map((info) => info.workflowId)), new Set(ids));
        assert.deepEqual(listed.map((info) => info.status.name), ['RUNNING', 'RUNNING', 'COMPLETED']);
        assert.deepEqual(listed.map((info) => info.memo.number).sort(), [0, 1, 2]);

        const count = await client.workflow.count(`CustomCity = '${marker}' GROUP BY ExecutionStatus`);
        assert.equal(count.count, 3);
        assert.deepEqual(count.groups.map((group) => [group.groupValues.flat().join(), group.count]).sort(), [['Completed', 1], ['Running', 2]]);
        for (const id of ids.slice(1)) await client.workflow.getHandle(id).terminate();
      });
    });

    it('a workflow changes its own memo and search attributes', async () => {
      const { client } = env();
      await env().withWorker(async (taskQueue) => {
        const handle = await client.workflow.start('describesItself', { workflowId: env().id('self'), taskQueue, args: ['Ulm'], memo: { note: 'first', gone: 1, kept: 2 } });
        assert.equal(await handle.result(), 'Ulm');
        const description = await handle.describe();
        assert.deepEqual(description.memo, { note: 'changed', kept: 2 });
        assert.equal(description.typedSearchAttributes.get(city), 'Ulm');
      });
    });

    it('a wrong query is refused with its reason', async () => {
      const list = async () => {
        for await (const info of env().client.workflow.list({ query: "Nonsense = 'x'" })) void info;
      };
      await assert.rejects(list, (error) => /INVALID_ARGUMENT/.test(`${error} ${error.cause}`) && /Nonsense/.test(`${error} ${error.cause}`));
    });
  });
}
