// Workflows whose histories are compared event by event. Any SDK's worker can make the same commands in the same order.
import { defineSearchAttributeKey } from '@temporalio/common';
import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  deprecatePatch,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  startChild,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

const retry = { initialInterval: '10ms', backoffCoefficient: 1, maximumInterval: '10ms', maximumAttempts: 3 };
const steady = proxyActivities({ startToCloseTimeout: '30s', retry });
const once = { retry: { ...retry, maximumAttempts: 1 } };
const local = proxyLocalActivities({ startToCloseTimeout: '10s' });
const ignored = () => undefined;

function signalled(name) {
  let received = false;
  setHandler(defineSignal(name), () => void (received = true));
  return () => condition(() => received);
}

export async function historyActivity(name) {
  return await steady.greet(name);
}

export async function historyActivityRetry() {
  return await steady.fails_until_third_attempt();
}

export async function historyActivityFails() {
  await steady.always_breaks();
}

export async function historyActivityRefuses() {
  await steady.refuses().catch(ignored);
  await proxyActivities({ startToCloseTimeout: '30s', retry: { ...retry, nonRetryableErrorTypes: ['Broken'] } }).always_breaks().catch(ignored);
}

export async function historyActivityTimeouts() {
  await proxyActivities({ startToCloseTimeout: '200ms', ...once }).hangs().catch(ignored);
  await proxyActivities({ startToCloseTimeout: '30s', heartbeatTimeout: '200ms', ...once }).hangs().catch(ignored);
  await proxyActivities({ taskQueue: 'nobody-polls-this', startToCloseTimeout: '30s', scheduleToStartTimeout: '200ms', retry }).hangs().catch(ignored);
  await proxyActivities({ scheduleToCloseTimeout: '3s', retry }).hangs().catch(ignored);
}

export async function historyActivityHeartbeat() {
  return await proxyActivities({ startToCloseTimeout: '30s', heartbeatTimeout: '20s', retry }).resumes_from_heartbeat();
}

export async function historyActivityCanceled() {
  const announced = signalled('go');
  const { announces_and_heartbeats } = proxyActivities({
    startToCloseTimeout: '30s', heartbeatTimeout: '10s', retry, cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const scope = new CancellationScope();
  const running = scope.run(() => announces_and_heartbeats());
  await announced();
  scope.cancel();
  await running.catch((error) => isCancellation(error) || Promise.reject(error));
  return 'canceled';
}

export async function historyActivityCanceledUnstarted() {
  const { hangs } = proxyActivities({
    taskQueue: 'nobody-polls-this', startToCloseTimeout: '30s', retry, cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const scope = new CancellationScope();
  const pending = scope.run(() => hangs());
  await sleep(10);
  scope.cancel();
  await pending.catch((error) => isCancellation(error) || Promise.reject(error));
  return 'canceled';
}

export async function historyTimers() {
  await sleep(20);
  const scope = new CancellationScope();
  const long = scope.run(() => sleep('1 hour')).catch(ignored);
  await sleep(30);
  scope.cancel();
  await long;
}

export async function historyBufferedSignals() {
  const announced = signalled('go');
  const items = [];
  setHandler(defineSignal('item'), (item) => void items.push(item));
  const { announces_and_is_completed_elsewhere } = proxyActivities({ startToCloseTimeout: '30s', retry });
  const outside = announces_and_is_completed_elsewhere();
  await announced();
  await local.interferes('first', 'complete activity', 'second');
  items.push(await outside);
  return items;
}

export async function historyUnhandledCommand() {
  const items = [];
  setHandler(defineSignal('item'), (item) => void items.push(item));
  await local.interferes('late');
  return items;
}

export async function historyInterferes(...deeds) {
  setHandler(defineSignal('item'), ignored);
  await local.interferes(...deeds);
  await sleep('1 hour');
}

export async function historyChild() {
  let how;
  setHandler(defineSignal('finish'), (value) => void (how = value));
  await condition(() => how !== undefined);
  if (how === 'fail') throw ApplicationFailure.create({ message: 'asked to fail', type: 'Asked', nonRetryable: true });
  return how;
}

export async function historyParent(childId, options = {}) {
  const child = await startChild('historyChild', { workflowId: childId, ...options });
  await child.result().catch(ignored);
}

export async function historyParentTwice(childId) {
  await startChild('historyChild', { workflowId: childId });
  await startChild('historyChild', { workflowId: childId }).catch(ignored);
}

export async function historyParentCancels(childId) {
  const told = signalled('go');
  const scope = new CancellationScope();
  const child = await scope.run(() => startChild('historyChild', { workflowId: childId }));
  await told();
  scope.cancel();
  await child.result().catch(ignored);
}

export async function historyParentCloses(prefix) {
  const told = signalled('go');
  for (const parentClosePolicy of ['TERMINATE', 'ABANDON', 'REQUEST_CANCEL']) await startChild('historyChild', { workflowId: `${prefix}-${parentClosePolicy}`, parentClosePolicy });
  await told();
}

export async function historySignalsOther(otherId, nobodyId) {
  await getExternalWorkflowHandle(otherId).signal('finish', 'from another');
  await getExternalWorkflowHandle(nobodyId).signal('finish', 'to nobody').catch(ignored);
}

export async function historyCancelsOther(otherId, nobodyId) {
  await getExternalWorkflowHandle(otherId).cancel();
  await getExternalWorkflowHandle(nobodyId).cancel().catch(ignored);
}

export async function historyContinues(left) {
  if (left > 0) await continueAsNew(left - 1);
  return 'last';
}

export async function historyRetries() {
  const { attempt } = workflowInfo();
  if (attempt < 2) throw ApplicationFailure.create({ message: `attempt ${attempt}`, type: 'Flaky' });
  return attempt;
}

export async function historyCron() {
  return 'tick';
}

export async function historyCancelable() {
  try {
    await sleep('1 hour');
  } catch (error) {
    await CancellationScope.nonCancellable(() => steady.greet('cleanup'));
    throw error;
  }
}

export async function historyUpdates() {
  let value = 'none';
  const finished = signalled('finish');
  setHandler(defineUpdate('set'), (next) => ([value, next] = [next, value])[1], {
    validator: (next) => {
      if (next === 'bad') throw ApplicationFailure.create({ message: 'not that', type: 'Refused' });
    },
  });
  setHandler(defineUpdate('greet'), (name) => steady.greet(name));
  setHandler(defineUpdate('fail'), () => {
    throw ApplicationFailure.create({ message: 'asked to fail', type: 'Asked' });
  });
  await finished();
  return value;
}

export async function historyPatched() {
  if (patched('change')) await sleep(10);
  deprecatePatch('old-change');
}

export async function historyUpserts(city) {
  upsertMemo({ note: 'changed', gone: null });
  upsertSearchAttributes([{ key: defineSearchAttributeKey('CustomCity', 'KEYWORD'), value: city }]);
  await sleep(10);
}

export async function historyLocalActivity(name) {
  const greeting = await local.greet(name);
  await proxyLocalActivities({ startToCloseTimeout: '10s', retry: { maximumAttempts: 1 } }).always_breaks().catch(ignored);
  return greeting;
}

export async function historyBugOnce() {
  if (workflowInfo().historyLength < 4) throw new Error('a bug that the next attempt does not have');
  return 'mended';
}

export async function historyResettable() {
  const items = [];
  const finished = signalled('finish');
  setHandler(defineSignal('item'), (item) => void items.push(item));
  items.push(await steady.greet('Ada'));
  await finished();
  return items;
}

/** Its timer fires while the task that cancels it is at work: it is canceled all the same. */
export async function historyCancelsFiredTimer() {
  const told = signalled('go');
  const scope = new CancellationScope();
  const pending = scope.run(() => sleep('4s')).catch(ignored);
  await told();
  await local.takes(4500);
  scope.cancel();
  await pending;
}
