// Activities of the scenarios whose histories are compared. Some act on their own workflow from outside, so that a scenario is
// ordered by what has happened and never by time.
import { ApplicationFailure, CompleteAsyncError, Context, sleep } from '@temporalio/activity';

let client;
const tokens = new Map();
const interfered = new Set();

/** Who acts from outside. */
export function actAs(someClient) {
  client = someClient;
}

const own = () => {
  const { workflowId, runId } = Context.current().info.workflowExecution;
  return client.workflow.getHandle(workflowId, runId);
};

export async function fails_until_third_attempt() {
  const { attempt } = Context.current().info;
  if (attempt < 3) throw ApplicationFailure.create({ message: `attempt ${attempt}`, type: 'Flaky' });
  return attempt;
}

export async function always_breaks() {
  throw ApplicationFailure.create({ message: 'broken', type: 'Broken' });
}

export async function refuses() {
  throw ApplicationFailure.create({ message: 'never', type: 'Refused', nonRetryable: true, details: ['why'] });
}

export async function hangs() {
  // Twice the longest time-out that it is to outlive; a worker that stops waits for it.
  await sleep(6000);
}

export async function resumes_from_heartbeat() {
  const { attempt, heartbeatDetails } = Context.current().info;
  if (attempt === 1) {
    Context.current().heartbeat({ position: 41 });
    throw ApplicationFailure.create({ message: 'interrupted', type: 'Interrupted' });
  }
  return heartbeatDetails;
}

export async function announces_and_heartbeats() {
  await own().signal('go');
  for (;;) {
    Context.current().heartbeat('alive');
    await sleep(50);
  }
}

export async function announces_and_is_completed_elsewhere() {
  tokens.set(Context.current().info.workflowExecution.runId, Context.current().info.taskToken);
  await own().signal('go');
  throw new CompleteAsyncError();
}

/** A local activity: does these things to its own workflow while that has a started workflow task. Does them once, although the task may be repeated. */
export async function interferes(...deeds) {
  const { runId } = Context.current().info.workflowExecution;
  if (interfered.has(runId)) return;
  interfered.add(runId);
  for (const deed of deeds) {
    if (deed === 'complete activity') await client.activity.complete(tokens.get(runId), 'from elsewhere');
    else if (deed === 'cancel') await own().cancel();
    else if (deed === 'terminate') await own().terminate('in the middle');
    else await own().signal('item', deed);
  }
}

/** Task tokens by workflow id, in order of attempts: who has one can end the activity. */
export const handed = new Map();

export async function hands_over() {
  const { taskToken, workflowExecution } = Context.current().info;
  handed.set(workflowExecution.workflowId, [...(handed.get(workflowExecution.workflowId) ?? []), taskToken]);
  throw new CompleteAsyncError();
}

export async function takes(milliseconds) {
  await sleep(milliseconds);
  return 'done';
}
