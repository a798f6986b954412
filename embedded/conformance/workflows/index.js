// The workflows of every scenario; one bundle serves them all.
import {
  CancellationScope,
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
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

const { greet, failTwice, resumes, alwaysFails, slow, heartbeats, completedElsewhere, timesOut } = proxyActivities({
  startToCloseTimeout: '20s',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '20ms', maximumAttempts: 3 },
});
const { greet: greetLocally } = proxyLocalActivities({ startToCloseTimeout: '10s' });
const quick = proxyActivities({ startToCloseTimeout: '300ms', retry: { maximumAttempts: 2, initialInterval: '10ms' } });

export const addSignal = defineSignal('add');
export const finishSignal = defineSignal('finish');
export const stateQuery = defineQuery('state');
export const setUpdate = defineUpdate('set');
export const slowSetUpdate = defineUpdate('slowSet');

export async function greeting(name) {
  return await greet(name);
}

export async function retried() {
  return await failTwice(workflowInfo().workflowId);
}

export async function failsForGood() {
  await alwaysFails();
}

export async function activityTimesOut() {
  await quick.timesOut();
}

export async function localActivity(name) {
  return await greetLocally(name);
}

export async function asyncCompletion() {
  return await completedElsewhere();
}

export async function timers(milliseconds) {
  await Promise.all([sleep(milliseconds), sleep(milliseconds / 2)]);
  return 'slept';
}

export async function canceledTimer() {
  const scope = new CancellationScope();
  const pending = scope.run(() => sleep('1 hour'));
  scope.cancel();
  try {
    await pending;
    return 'slept';
  } catch (e) {
    return isCancellation(e) ? 'canceled' : 'other';
  }
}

export async function inbox(initial = []) {
  const state = [...initial];
  let done = false;
  setHandler(addSignal, (item) => void state.push(item));
  setHandler(finishSignal, () => void (done = true));
  setHandler(stateQuery, () => state);
  setHandler(
    setUpdate,
    (index, value) => {
      const before = state[index];
      state[index] = value;
      return before ?? null;
    },
    {
      validator: (index) => {
        if (index < 0) throw new Error('no negative index');
      },
    }
  );
  setHandler(slowSetUpdate, async (index, value) => {
    await sleep(50);
    if (value === 'fail') throw ApplicationFailure.nonRetryable('asked to fail', 'Asked');
    state[index] = await greet(value);
    return state[index];
  });
  await condition(() => done);
  await condition(allHandlersFinished);
  return state;
}

export async function parent(name, options = {}) {
  return await executeChild('greeting', { args: [name], ...options });
}

export async function parentOfFailure() {
  try {
    await executeChild('fails', { args: ['child'] });
    return 'no failure';
  } catch (e) {
    return `${e.name}: ${e.cause?.message}`;
  }
}

export async function parentThatEnds(childId, parentClosePolicy) {
  await startChild('inbox', { workflowId: childId, parentClosePolicy });
  return 'gone';
}

export async function parentWithDuplicate(childId) {
  await startChild('inbox', { workflowId: childId, parentClosePolicy: 'TERMINATE' });
  try {
    await startChild('inbox', { workflowId: childId });
    return 'started twice';
  } catch (e) {
    return e.name;
  }
}

export async function signaler(targetId) {
  const target = getExternalWorkflowHandle(targetId);
  await target.signal(addSignal, 'from outside');
  await target.signal(finishSignal);
  return 'signalled';
}

export async function signalsNobody() {
  try {
    await getExternalWorkflowHandle('nobody-' + workflowInfo().runId).signal(addSignal, 'x');
    return 'signalled';
  } catch (e) {
    return 'failed';
  }
}

export async function canceler(targetId) {
  await getExternalWorkflowHandle(targetId).cancel();
  return 'asked';
}

export async function cancellable() {
  try {
    await sleep('1 hour');
    return 'slept';
  } catch (e) {
    if (!isCancellation(e)) throw e;
    const cleaned = await CancellationScope.nonCancellable(() => greet('cleanup'));
    if (cleaned !== 'Hello, cleanup!') throw new Error('no cleanup');
    throw e;
  }
}

export async function cancelsActivity() {
  try {
    await CancellationScope.withTimeout(500, () => heartbeats());
    return 'completed';
  } catch (e) {
    return isCancellation(e) ? 'canceled' : `other ${e}`;
  }
}

export async function waitsForActivity() {
  return await slow();
}

export async function countdown(left, log = []) {
  if (left === 0) return [...log, workflowInfo().continuedFromExecutionRunId ? 'continued' : 'first'];
  await continueAsNew(left - 1, [...log, left]);
}

export async function fails(who) {
  throw ApplicationFailure.create({ message: `${who} failed`, type: 'Deliberate', nonRetryable: true, details: [{ who }] });
}

export async function failsUntilThirdAttempt() {
  if (workflowInfo().attempt < 3) throw ApplicationFailure.retryable('again');
  return workflowInfo().attempt;
}

export async function describesItself(city) {
  upsertMemo({ note: 'changed', gone: null });
  upsertSearchAttributes({ CustomCity: [city] });
  await sleep(1);
  return workflowInfo().searchAttributes.CustomCity?.[0] ?? null;
}

export async function patches() {
  return patched('a-patch') ? 'new' : 'old';
}

export async function manyActivities(count) {
  const results = await Promise.all(Array.from({ length: count }, (_, i) => greet(`n${i}`)));
  return results.length;
}

export async function stuckTask() {
  if (globalThis.__neverDefined === undefined) throw new Error('a bug in the workflow');
}

export async function takesWhatComes(rounds) {
  // Completes whenever its inbox is empty: a signal that arrives meanwhile must make the server refuse the completion.
  const got = [];
  setHandler(addSignal, (item) => void got.push(item));
  for (let i = 0; i < rounds; i++) await greetLocally(`round ${i}`);
  return got;
}

export async function heartbeatsSurvive() {
  return await resumes();
}

export async function longSleep(days) {
  const before = Date.now();
  await sleep(`${days} days`);
  return Math.round((Date.now() - before) / 86_400_000);
}

export async function sleepsAndWorks() {
  await sleep('30 days');
  const greeting = await greet('later');
  await sleep('1 day');
  return greeting;
}

export async function queueTimeout() {
  const { greet: nobody } = proxyActivities({ taskQueue: 'nobody-polls-this', scheduleToStartTimeout: '200ms', startToCloseTimeout: '5s' });
  await nobody('x');
}

export async function countsRuns() {
  return (workflowInfo().lastResult ?? 0) + 1;
}

export async function waitsForever() {
  await condition(() => false);
}

export * from './histories.js';
export * from './contracts.js';
export * from './time.js';

/** The priorities that two activities are told: one that has none of its own, and one that has part of one. */
export async function priorities() {
  const options = { startToCloseTimeout: '20s' };
  const inherits = proxyActivities(options);
  const overrides = proxyActivities({ ...options, priority: { fairnessWeight: 2 } });
  return [await inherits.toldPriority(), await overrides.toldPriority()];
}
