// The HTTP JSON face, called as the Web UI's pages call it: bodies as text/plain, long payloads, proto3 JSON.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from './environment.mjs';

const encode = (value) => ({ payloads: [{ metadata: { encoding: btoa('json/plain') }, data: btoa(JSON.stringify(value)) }] });
const decode = ({ payloads }) => payloads.map(({ data }) => JSON.parse(atob(data)));

export function http(env) {
  describe('over HTTP', { concurrency: 4 }, () => {
    async function call(method, path, body) {
      const reply = await fetch(`http://${env().uiAddress}/api/v1${path}`, {
        method, body: body && JSON.stringify(body), headers: body ? { 'content-type': 'text/plain;charset=UTF-8' } : {},
      });
      return { status: reply.status, body: await reply.json() };
    }

    async function ok(method, path, body) {
      const reply = await call(method, path, body);
      assert.equal(reply.status, 200, `${method} ${path}: ${JSON.stringify(reply.body)}`);
      return reply.body;
    }

    const space = '/namespaces/default';
    const at = (workflowId) => `${space}/workflows/${encodeURIComponent(workflowId)}`;

    async function start(workflowId = env().id('web'), taskQueue = env().sharedQueue) {
      const { runId } = await ok('POST', at(workflowId), { workflowId, taskQueue: { name: taskQueue }, workflowType: { name: 'inbox' }, input: encode(['seed']) });
      return { workflowId, runId, path: at(workflowId) };
    }

    it('the server tells of itself in the way that pages read', async () => {
      const settings = await ok('GET', '/settings');
      assert.deepEqual([settings.Auth.Enabled, settings.DefaultNamespace, typeof settings.Version], [false, 'default', 'string']);
      assert.ok((await ok('GET', '/cluster-info')).serverVersion);
      assert.ok((await ok('GET', '/system-info')).capabilities);
      assert.equal((await ok('GET', space)).namespaceInfo.name, 'default');
      assert.ok((await ok('GET', '/namespaces')).namespaces.length > 0);
      const { customAttributes, systemAttributes } = await ok('GET', `${space}/search-attributes`);
      assert.deepEqual([customAttributes.CustomCity, systemAttributes.WorkflowId], ['INDEXED_VALUE_TYPE_KEYWORD', 'INDEXED_VALUE_TYPE_KEYWORD']);
      await ok('GET', `${space}/task-queues/${env().sharedQueue}?taskQueueType=1`);
    });

    it('a workflow is started, signalled, queried, updated, listed and described', async () => {
      const { workflowId, runId, path } = await start(`${env().id('web')}/with a slash`);
      await ok('POST', `${path}/signal/add`, { signalName: 'add', workflowExecution: { workflowId, runId }, input: encode('more') });
      const asked = await ok('POST', `${path}/query/state`, { execution: { workflowId, runId }, query: { queryType: 'state', queryArgs: null } });
      assert.deepEqual(decode(asked.queryResult), [['seed', 'more']]);
      const args = { payloads: [...encode(0).payloads, ...encode('web').payloads] };
      const updated = await ok('POST', `${path}/update/slowSet`, { workflowExecution: { runId }, request: { meta: { updateId: '' }, input: { args } } });
      assert.deepEqual(decode(updated.outcome.success), ['Hello, web!']);
      const query = encodeURIComponent(`\`WorkflowId\`="${workflowId}"`);
      assert.deepEqual((await ok('GET', `${space}/workflows?pageSize=10&nextPageToken=&query=${query}`)).executions.map(({ execution }) => execution), [{ workflowId, runId }]);
      const counted = await ok('GET', `${space}/workflow-count?query=${query}%20GROUP%20BY%20ExecutionStatus`);
      assert.deepEqual([counted.count, counted.groups[0].count], ['1', '1']);
      const { workflowExecutionInfo, executionConfig } = await ok('GET', `${path}?execution.runId=${runId}`);
      assert.deepEqual([workflowExecutionInfo.status, executionConfig.taskQueue.name], ['WORKFLOW_EXECUTION_STATUS_RUNNING', env().sharedQueue]);
      await ok('POST', `${path}/signal/finish`, {});
      assert.deepEqual(await env().client.workflow.getHandle(workflowId).result(), ['Hello, web!', 'more']);
    });

    it('a history is followed until its workflow ends', async () => {
      const { runId, path } = await start(undefined, env().id('nobody'));
      const follow = (token = '') => ok('GET', `${path}/history?execution.runId=${runId}&waitNewEvent=true&next_page_token=${encodeURIComponent(token)}`);
      const ids = ({ history }) => history.events.map((event) => event.eventId);
      const first = await follow();
      assert.deepEqual(ids(first), ['1', '2']);
      const next = follow(first.nextPageToken);
      await ok('POST', `${path}/signal/add`, { input: encode('x') });
      const second = await next;
      assert.deepEqual(ids(second), ['3']);
      const last = follow(second.nextPageToken);
      await ok('POST', `${path}/terminate?execution.runId=${runId}`, { reason: 'enough' });
      const { history, nextPageToken } = await last;
      assert.deepEqual(history.events.map((event) => event.workflowExecutionTerminatedEventAttributes?.reason), ['enough']);
      assert.equal(nextPageToken, undefined);
      const reverse = await ok('GET', `${path}/history-reverse?execution.runId=${runId}&maximumPageSize=3`);
      assert.deepEqual(ids(reverse), ['4', '3', '2']);
      assert.ok(reverse.nextPageToken);
    });

    it('a run that is named in the query string is the one that is meant', async () => {
      const first = await start(undefined, env().id('nobody'));
      await ok('POST', `${first.path}/cancel?execution.runId=${first.runId}`);
      await ok('POST', `${first.path}/terminate?execution.runId=${first.runId}`, { reason: 'first' });
      const second = await start(first.workflowId, env().id('nobody'));
      const refused = await call('POST', `${first.path}/terminate?execution.runId=${first.runId}`, { reason: 'again' });
      assert.deepEqual([refused.status, refused.body.code, Array.isArray(refused.body.details)], [404, 5, true]);
      await ok('POST', `${second.path}/terminate?execution.runId=${second.runId}`, { reason: 'second' });
    });

    it('a workflow is reset from its page', async () => {
      const { workflowId, runId, path } = await start();
      assert.deepEqual(await env().client.workflow.getHandle(workflowId).query('state'), ['seed']);
      const body = { workflowExecution: { workflowId, runId }, workflowTaskFinishEventId: '4', requestId: env().id('request'), reason: 'conformance', resetReapplyExcludeTypes: [0], resetReapplyType: 3 };
      const reset = await ok('POST', `${path}/reset?execution.runId=${runId}`, body);
      assert.notEqual(reset.runId, runId);
      await ok('POST', `${path}/signal/finish`, {});
      assert.deepEqual(await env().client.workflow.getHandle(workflowId, reset.runId).result(), ['seed']);
    });

    it('a schedule is made, changed, triggered, listed and deleted', async () => {
      const scheduleId = env().id('web');
      const path = `${space}/schedules/${scheduleId}`;
      const schedule = {
        spec: { interval: [{ interval: '3600s' }] },
        action: { startWorkflow: { workflowId: scheduleId, workflowType: { name: 'greeting' }, taskQueue: { name: env().sharedQueue }, input: encode('web') } },
        state: { paused: true },
      };
      await ok('POST', path, { request_id: env().id('request'), schedule });
      assert.ok((await ok('GET', `${space}/schedules?maximumPageSize=1000`)).schedules.some((listed) => listed.scheduleId === scheduleId && listed.info.paused));
      await ok('POST', `${path}/update`, { request_id: env().id('request'), schedule: { ...schedule, policies: { overlapPolicy: 'BufferAll' } } });
      assert.equal((await ok('GET', path)).schedule.policies.overlapPolicy, 'SCHEDULE_OVERLAP_POLICY_BUFFER_ALL');
      await ok('POST', `${path}/patch`, { request_id: env().id('request'), patch: { triggerImmediately: { overlapPolicy: 'AllowAll' } } });
      await eventually(async () => (await ok('GET', path)).info.actionCount === '1', 'action');
      await ok('DELETE', path);
      assert.equal((await call('GET', path)).status, 404);
    });

    it('a batch is started, watched and listed', async () => {
      const { workflowId, runId } = await start(undefined, env().id('nobody'));
      const jobId = env().id('web');
      const path = `${space}/batch-operations/${jobId}`;
      await ok('POST', path, { jobId, namespace: 'default', reason: 'conformance', terminationOperation: {}, executions: [{ workflowId, runId }] });
      const batch = await eventually(async () => {
        const now = await ok('GET', path);
        return now.state === 'BATCH_OPERATION_STATE_COMPLETED' && now;
      }, 'completed batch');
      assert.match(batch.operationType, /^BATCH_OPERATION_TYPE_TERMINATE/);
      assert.deepEqual([batch.totalOperationCount, batch.completeOperationCount], ['1', '1']);
      assert.ok((await ok('GET', `${space}/batch-operations?pageSize=1000`)).operationInfo.some((info) => info.jobId === jobId));
    });
  });
}
