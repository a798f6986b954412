// What a server promises beyond the happy path: things sent twice, late answers, limits, refusals, pages, filters, operators, schedules.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { handed } from '../workflows/historyActivities.mjs';
import { eventually, rejection } from './environment.mjs';

const INVALID_ARGUMENT = 3;
const ALREADY_EXISTS = 6;
const RESOURCE_EXHAUSTED = 8;
const FAILED_PRECONDITION = 9;

export function contracts(env) {
  const service = () => env().grpcJs.workflowService;
  const start = (workflow, args = [], options = {}) =>
    env().client.workflow.start(workflow, { workflowId: env().id(workflow), taskQueue: env().sharedQueue, args, ...options });
  const codeOf = (error) => error.code ?? error.cause?.code;

  /** A connection that does not hide a refusal by trying again. */
  async function withPlainConnection(scenario) {
    const connection = await Connection.connect({ address: env().address, interceptors: [] });
    try {
      await scenario(connection);
    } finally {
      await connection.close();
    }
  }

  describe('sent twice, sent late', { concurrency: 4 }, () => {
    it('a start that is sent again with its request id is the same start', async () => {
      const request = {
        namespace: 'default', workflowId: env().id('once'), workflowType: { name: 'inbox' }, taskQueue: { name: env().id('nobody') }, requestId: env().id('request'),
      };
      const first = await service().startWorkflowExecution(request);
      assert.equal((await service().startWorkflowExecution(request)).runId, first.runId);
      await service().terminateWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId: request.workflowId } });
    });

    it('a signal that is sent again with its request id is taken once', async () => {
      const handle = await start('inbox', [], { taskQueue: env().id('nobody') });
      const request = { namespace: 'default', workflowExecution: { workflowId: handle.workflowId }, signalName: 'add', requestId: env().id('request') };
      await service().signalWorkflowExecution(request);
      await service().signalWorkflowExecution(request);
      assert.equal((await handle.fetchHistory()).events.filter((event) => event.workflowExecutionSignaledEventAttributes).length, 1);
      await handle.terminate();
    });

    it('only a failed workflow may be started again under ALLOW_DUPLICATE_FAILED_ONLY', async () => {
      const workflowIdReusePolicy = 'ALLOW_DUPLICATE_FAILED_ONLY';
      const completed = await start('greeting', ['x']);
      await completed.result();
      const error = await rejection(start('greeting', ['x'], { workflowId: completed.workflowId, workflowIdReusePolicy }));
      assert.equal(error.name, 'WorkflowExecutionAlreadyStartedError');
      const failed = await start('fails', ['x']);
      await rejection(failed.result());
      const again = await start('greeting', ['x'], { workflowId: failed.workflowId, workflowIdReusePolicy });
      assert.equal(await again.result(), 'Hello, x!');
    });

    it('an answer that comes after its attempt timed out is refused', async () => {
      const handle = await start('handsOver', ['5s', 2]);
      const tokens = await eventually(() => handed.get(handle.workflowId)?.length === 2 && handed.get(handle.workflowId), 'second attempt');
      const error = await rejection(env().client.activity.complete(tokens[0], 'too late'));
      assert.equal(error.name, 'ActivityNotFoundError');
      await env().client.activity.complete(tokens[1], 'in time');
      assert.equal(await handle.result(), 'in time');
    });

    it('an activity can be completed by its id', async () => {
      const handle = await start('handsOver', ['30s', 1]);
      await eventually(() => handed.get(handle.workflowId), 'started activity');
      await env().client.activity.complete({ workflowId: handle.workflowId, activityId: '1' }, 'by id');
      assert.equal(await handle.result(), 'by id');
    });
  });

  describe('tasks', { concurrency: 4 }, () => {
    it('a local activity may take longer than its workflow task', async () => {
      const handle = await start('longLocalActivity', [6000], { workflowTaskTimeout: '5s' });
      assert.equal(await handle.result(), 'done');
      const { events } = await handle.fetchHistory();
      assert.ok(events.filter((event) => event.workflowTaskCompletedEventAttributes).length > 1, 'the worker prolonged its task');
      assert.ok(events.every((event) => !event.workflowTaskTimedOutEventAttributes));
    });

    it('an eager activity comes with the answer to the task that scheduled it', async () => {
      const taskQueue = { name: env().id('eager'), kind: 1 };
      // Driven by hand, so no workflow's code would replay it.
      const handle = await start('stuckTask', [], { taskQueue: taskQueue.name });
      const { taskToken } = await service().pollWorkflowTaskQueue({ namespace: 'default', taskQueue, identity: 'by hand' });
      const { activityTasks } = await service().respondWorkflowTaskCompleted({
        namespace: 'default',
        taskToken,
        commands: [{
          commandType: 1,
          scheduleActivityTaskCommandAttributes: {
            activityId: '1', activityType: { name: 'greet' }, taskQueue, startToCloseTimeout: { seconds: 10 }, requestEagerExecution: true,
          },
        }],
      });
      assert.equal(activityTasks.length, 1);
      await service().respondActivityTaskCompleted({ namespace: 'default', taskToken: activityTasks[0].taskToken });
      await handle.terminate();
    });

    it('a paused activity waits until it is unpaused', async () => {
      const handle = await start('handsOver', ['30s', 2]);
      const [first] = await eventually(() => handed.get(handle.workflowId), 'started activity');
      const activity = { namespace: 'default', execution: { workflowId: handle.workflowId }, identity: 'operator', id: '1' };
      await service().pauseActivity(activity);
      await env().client.activity.fail(first, new Error('try again'));
      // Whatever was on the queue before has been taken when another activity of that queue is done.
      assert.equal(await (await start('greeting', ['x'])).result(), 'Hello, x!');
      const { raw } = await handle.describe();
      assert.ok(raw.pendingActivities[0].paused);
      assert.equal(handed.get(handle.workflowId).length, 1);
      await service().unpauseActivity(activity);
      const [, second] = await eventually(() => handed.get(handle.workflowId).length === 2 && handed.get(handle.workflowId), 'second attempt');
      await env().client.activity.complete(second, 'resumed');
      assert.equal(await handle.result(), 'resumed');
    });
  });

  describe('updates', { concurrency: 4 }, () => {
    it('an eleventh update at a time is refused', async () => {
      await withPlainConnection(async (connection) => {
        const { workflow } = new Client({ connection });
        const handle = workflow.getHandle((await start('holdsUpdates')).workflowId);
        for (let i = 0; i < 10; i++) await handle.startUpdate('hold', { waitForStage: 'ACCEPTED' });
        assert.equal(codeOf(await rejection(handle.startUpdate('hold', { waitForStage: 'ACCEPTED' }))), RESOURCE_EXHAUSTED);
        await handle.terminate();
      });
    });

    it('an accepted update fails when its workflow completes first', async () => {
      const handle = await start('holdsUpdates');
      const update = await handle.startUpdate('hold', { waitForStage: 'ACCEPTED' });
      const [error] = await Promise.all([rejection(update.result()), handle.signal('finish')]);
      assert.equal(error.cause.type, 'AcceptedUpdateCompletedWorkflow');
      await handle.result();
    });

    it('update-with-start tells which half of it failed', async () => {
      const operation = (workflowIdConflictPolicy) =>
        new WithStartWorkflowOperation('inbox', { workflowId, taskQueue: env().sharedQueue, workflowIdConflictPolicy });
      const { workflowId } = await start('inbox');
      const update = (startWorkflowOperation, index) => env().client.workflow.executeUpdateWithStart('set', { args: [index, 'x'], startWorkflowOperation });
      assert.equal((await rejection(update(operation('FAIL'), 0))).name, 'WorkflowExecutionAlreadyStartedError');
      assert.equal((await rejection(update(operation('USE_EXISTING'), -1))).name, 'WorkflowUpdateFailedError');
      const error = await rejection(service().executeMultiOperation({
        namespace: 'default',
        operations: [
          { startWorkflow: { namespace: 'default', workflowId: env().id('one'), workflowType: { name: 'inbox' }, taskQueue: { name: env().sharedQueue }, requestId: env().id('request') } },
          { updateWorkflow: { namespace: 'default', workflowExecution: { workflowId }, waitPolicy: { lifecycleStage: 2 }, request: { meta: { updateId: 'u' }, input: { name: 'set' } } } },
        ],
      }));
      assert.equal(codeOf(error), INVALID_ARGUMENT);
      await env().client.workflow.getHandle(workflowId).terminate();
    });
  });

  describe('queries', { concurrency: 4 }, () => {
    const query = (workflowId, queryRejectCondition = 1) =>
      service().queryWorkflow({ namespace: 'default', execution: { workflowId }, queryRejectCondition, query: { queryType: 'state' } });

    it('a query may insist on an open workflow', async () => {
      const handle = await start('inbox');
      await handle.signal('finish');
      await handle.result();
      const notOpen = await query(handle.workflowId, 2);
      assert.equal(notOpen.queryRejected?.status, 2);
      const notCompletedCleanly = await query(handle.workflowId, 3);
      assert.ok(notCompletedCleanly.queryResult);
    });

    it('a query travels with the workflow task that is due, so that it sees what happened before it', async () => {
      // Driven by hand: a worker's own order of work would hide the difference.
      const taskQueue = { name: env().id('by-hand'), kind: 1 };
      const handle = await start('stuckTask', [], { taskQueue: taskQueue.name });
      const poll = () => service().pollWorkflowTaskQueue({ namespace: 'default', taskQueue, identity: 'by hand' });
      await service().respondWorkflowTaskCompleted({ namespace: 'default', taskToken: (await poll()).taskToken });
      const payloads = (text) => ({ payloads: [{ data: Buffer.from(text) }] });
      // Nothing tells when a query has arrived. One that comes after the task was taken goes by itself: until one was in time.
      await eventually(async () => {
        await handle.signal('add', 'x');
        const asked = query(handle.workflowId);
        for (let i = 0; i < 3; i++) await handle.describe();
        const { taskToken, queries } = await poll();
        const [travels] = Object.keys(queries);
        const queryResults = travels ? { [travels]: { resultType: 1, answer: payloads('with x') } } : {};
        await service().respondWorkflowTaskCompleted({ namespace: 'default', taskToken, queryResults });
        if (!travels) await service().respondQueryTaskCompleted({ namespace: 'default', taskToken: (await poll()).taskToken, completedType: 1, queryResult: payloads('by itself') });
        return Buffer.from((await asked).queryResult.payloads[0].data).toString() === 'with x';
      }, 'query that travelled with the task');
      await handle.terminate();
    });

    it('a query of a workflow whose task keeps failing is refused', async () => {
      const handle = await start('stuckTask', [], { workflowTaskTimeout: '1s' });
      await eventually(async () => (await handle.describe()).raw.pendingWorkflowTask?.attempt >= 3, 'third attempt');
      assert.equal(codeOf(await rejection(query(handle.workflowId))), FAILED_PRECONDITION);
      await handle.terminate();
    });

    it('a query of a workflow that closed before its first task is refused', async () => {
      const handle = await start('inbox', [], { taskQueue: env().id('nobody') });
      await handle.terminate();
      assert.equal(codeOf(await rejection(query(handle.workflowId))), FAILED_PRECONDITION);
    });
  });

  describe('reads', { concurrency: 4 }, () => {
    it('an SDK reads a history with the events of a task that is tried again', async () => {
      const queue = { name: env().id('retried') };
      const execution = { workflowId: env().id('retried') };
      await service().startWorkflowExecution({
        namespace: 'default', ...execution, workflowType: { name: 'stuckTask' }, taskQueue: queue, requestId: env().id('request'),
      });
      const poll = () => service().pollWorkflowTaskQueue({ namespace: 'default', taskQueue: queue, identity: 'by hand' });
      await service().respondWorkflowTaskFailed({ namespace: 'default', taskToken: (await poll()).taskToken });
      const { taskToken } = await poll();
      const ids = [];
      let nextPageToken;
      do {
        const page = await service().getWorkflowExecutionHistory({ namespace: 'default', execution, maximumPageSize: 3, nextPageToken });
        ids.push(...page.history.events.map(({ eventId }) => Number(eventId)));
        nextPageToken = page.nextPageToken;
      } while (nextPageToken?.length);
      assert.deepEqual(ids, [1, 2, 3, 4, 5, 6]);
      await service().respondWorkflowTaskCompleted({ namespace: 'default', taskToken, commands: [{ commandType: 4, completeWorkflowExecutionCommandAttributes: {} }] });
    });

    it('a history is read in pages, forwards and backwards, and followed while it grows', async () => {
      const handle = await start('inbox', [], { taskQueue: env().id('nobody') });
      for (let i = 0; i < 10; i++) await handle.signal('add', i);
      const request = { namespace: 'default', execution: { workflowId: handle.workflowId }, maximumPageSize: 5 };
      const readAll = async (read) => {
        const ids = [];
        let nextPageToken;
        do {
          const page = await read({ ...request, nextPageToken });
          assert.ok(page.history.events.length <= 5);
          ids.push(...page.history.events.map((event) => Number(event.eventId)));
          ({ nextPageToken } = page);
        } while (nextPageToken?.length);
        return ids;
      };
      const ids = Array.from({ length: 12 }, (_, i) => i + 1);
      assert.deepEqual(await readAll((page) => service().getWorkflowExecutionHistory(page)), ids);
      assert.deepEqual(await readAll((page) => service().getWorkflowExecutionHistoryReverse(page)), ids.toReversed());

      const soFar = await service().getWorkflowExecutionHistory({ ...request, maximumPageSize: 100, waitNewEvent: true });
      assert.ok(soFar.nextPageToken.length > 0, 'an open workflow has a next page');
      const following = service().getWorkflowExecutionHistory({ ...request, waitNewEvent: true, nextPageToken: soFar.nextPageToken });
      await handle.signal('add', 'one more');
      assert.deepEqual((await following).history.events.map((event) => Number(event.eventId)), [13]);
      await handle.terminate();
    });

    it('who waits for the end gets the end', async () => {
      const handle = await start('inbox', [], { taskQueue: env().id('nobody') });
      const end = service().getWorkflowExecutionHistory({
        namespace: 'default', execution: { workflowId: handle.workflowId }, waitNewEvent: true, historyEventFilterType: 2,
      });
      for (let i = 0; i < 3; i++) await handle.signal('add', i);
      await handle.terminate('enough');
      assert.deepEqual((await end).history.events.map((event) => event.workflowExecutionTerminatedEventAttributes?.reason), ['enough']);
    });

    it('lists know every operator and type', async () => {
      const types = { ListText: 1, ListKeyword: 2, ListInt: 3, ListDouble: 4, ListBool: 5, ListDatetime: 6, ListKeywords: 7 };
      await define(types);
      const typed = (values) => new TypedSearchAttributes(Object.entries(values).map(([name, value]) => ({ key: defineSearchAttributeKey(name, kindOf(name)), value })));
      const mark = env().id('m');
      const rows = {
        a: { ListKeyword: `${mark}-a`, ListText: 'red apple', ListInt: 1, ListDouble: 1.5, ListBool: true, ListDatetime: new Date('2024-01-01'), ListKeywords: ['x', 'y'] },
        b: { ListKeyword: `${mark}-b`, ListText: 'green pear', ListInt: 2, ListDouble: 2.5, ListBool: false, ListDatetime: new Date('2025-01-01'), ListKeywords: ['z'] },
        c: { ListKeyword: `${mark}-c` },
      };
      const handles = [];
      for (const [name, values] of Object.entries(rows)) {
        handles.push(await start('inbox', [], { workflowId: `${mark}-${name}`, taskQueue: mark, typedSearchAttributes: typed(values) }));
      }
      for (const [query, expected] of [
        [`ListKeyword = '${mark}-a'`, 'a'],
        [`ListKeyword != '${mark}-a'`, 'bc'],
        [`ListKeyword IN ('${mark}-a', '${mark}-c')`, 'ac'],
        [`ListKeyword NOT IN ('${mark}-a', '${mark}-c')`, 'b'],
        [`ListKeyword > '${mark}-a'`, 'bc'],
        [`ListKeyword STARTS_WITH '${mark}-b'`, 'b'],
        ["ListText = 'apple'", 'a'],
        ['ListInt BETWEEN 1 AND 2', 'ab'],
        ['ListInt >= 2', 'b'],
        ['ListInt IS NULL', 'c'],
        ['ListInt IS NOT NULL', 'ab'],
        ['ListDouble < 2.5', 'a'],
        ['ListBool = true', 'a'],
        ["ListDatetime < '2024-06-01T00:00:00Z'", 'a'],
        ["ListDatetime BETWEEN '2024-06-01T00:00:00Z' AND '2025-01-01T00:00:00Z'", 'b'],
        ["ListKeywords = 'x'", 'a'],
        ["ListKeywords IN ('y', 'z')", 'ab'],
        [`ListInt = 1 OR ListKeyword = '${mark}-c'`, 'ac'],
        [`WorkflowId = '${mark}-b'`, 'b'],
        ["WorkflowType = 'inbox' AND ExecutionStatus = 'Running' AND CloseTime IS NULL", 'abc'],
        ["ExecutionStatus IN ('Completed', 'Failed')", ''],
      ]) {
        const found = [];
        for await (const { workflowId } of env().client.workflow.list({ query: `ListKeyword STARTS_WITH '${mark}' AND (${query})` })) found.push(workflowId.slice(mark.length + 1));
        assert.equal(found.sort().join(''), expected, query);
      }
      for (const handle of handles) await handle.terminate();
    });

    it('a search attribute that nobody defined fails the task, and works once an operator has defined it', async () => {
      const name = `Later${Date.now()}`;
      const handle = await start('upsertsAttribute', [name], { workflowTaskTimeout: '1s' });
      const failed = await eventually(async () => (await handle.fetchHistory()).events.find((event) => event.workflowTaskFailedEventAttributes), 'failed task');
      assert.equal(failed.workflowTaskFailedEventAttributes.cause, 23);
      await define({ [name]: 2 });
      await handle.result();
    });

    it('namespaces keep their workflows apart', async () => {
      const namespace = env().id('space');
      await service().registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 } });
      const there = new Client({ connection: env().grpcJs, namespace });
      const here = await start('inbox', [], { taskQueue: env().id('nobody') });
      const twin = await there.workflow.start('inbox', { workflowId: here.workflowId, taskQueue: env().id('nobody') });
      assert.notEqual(twin.firstExecutionRunId, here.firstExecutionRunId);
      const listed = [];
      for await (const { runId } of there.workflow.list()) listed.push(runId);
      assert.deepEqual(listed, [twin.firstExecutionRunId]);
      await twin.terminate();
      assert.equal((await here.describe()).status.name, 'RUNNING');
      await here.terminate();
    });

    const kindOf = (name) => ({ ListText: 'TEXT', ListKeyword: 'KEYWORD', ListInt: 'INT', ListDouble: 'DOUBLE', ListBool: 'BOOL', ListDatetime: 'DATETIME', ListKeywords: 'KEYWORD_LIST' })[name];
    const define = async (searchAttributes) => {
      await env().grpcJs.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes }).catch((error) => codeOf(error) === ALREADY_EXISTS || Promise.reject(error));
    };
  });

  describe('schedules', () => {
    it('a schedule acts, pauses, is triggered, and is told of', async () => {
      const { schedule } = env().client;
      const create = (every, policies, state, workflowType = 'greeting') =>
        schedule.create({
          scheduleId: env().id('schedule'), spec: { intervals: [{ every }] }, policies, state,
          action: { type: 'startWorkflow', workflowType, args: ['x'], workflowId: env().id('scheduled'), taskQueue: env().sharedQueue },
        });
      const taken = async (handle) => (await handle.describe()).info.numActionsTaken;

      const paused = await create('1s', { overlap: 'ALLOW_ALL' }, { paused: true });
      const acting = await create('1s', { overlap: 'ALLOW_ALL' });
      await eventually(async () => (await taken(acting)) >= 2, 'two actions');
      assert.equal(await taken(paused), 0);
      const resumed = Date.now();
      await paused.unpause();
      await eventually(async () => (await taken(paused)) >= 1, 'action after the pause');
      const [first] = (await paused.describe()).info.recentActions;
      assert.ok(first.scheduledAt.getTime() >= resumed, 'the time spent paused is not caught up with');

      const exclusive = await create('1 hour', { overlap: 'SKIP' }, undefined, 'historyChild');
      await exclusive.trigger('SKIP');
      const running = await eventually(async () => (await exclusive.describe()).info.runningActions[0], 'running action');
      await exclusive.trigger('SKIP');
      await eventually(async () => (await exclusive.describe()).info.numActionsSkippedOverlap === 1, 'skipped action');
      assert.equal(await taken(exclusive), 1);
      await exclusive.backfill({ start: new Date('2024-01-01T00:30:00Z'), end: new Date('2024-01-01T03:30:00Z'), overlap: 'ALLOW_ALL' });
      await eventually(async () => (await taken(exclusive)) === 4, 'three actions of the past');
      for await (const { workflowId } of env().client.workflow.list({ query: `TemporalScheduledById = '${exclusive.scheduleId}'` })) {
        await env().client.workflow.getHandle(workflowId).terminate();
      }
      assert.ok(running.workflow.workflowId.length > 0);

      for (const handle of [paused, acting, exclusive]) await handle.delete();
      assert.equal((await rejection(acting.describe())).name, 'ScheduleNotFoundError');
    });
  });
}
