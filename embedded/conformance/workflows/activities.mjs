// The activities of every scenario.
import { CompleteAsyncError, Context, sleep } from '@temporalio/activity';

const attempts = new Map();
export const slowStarted = new Set();
export const asyncTokens = [];

export async function greet(name) {
  return `Hello, ${name}!`;
}

export async function failTwice(key) {
  const attempt = (attempts.get(key) ?? 0) + 1;
  attempts.set(key, attempt);
  if (attempt < 3) throw new Error(`attempt ${attempt}`);
  return { calls: attempt, attempt: Context.current().info.attempt };
}

export async function alwaysFails() {
  throw new Error('never works');
}

export async function slow() {
  const { workflowExecution } = Context.current().info;
  slowStarted.add(workflowExecution.workflowId);
  await sleep(1500);
  return 'slow but done';
}

export async function heartbeats() {
  for (;;) {
    Context.current().heartbeat('alive');
    await sleep(50);
  }
}

export async function completedElsewhere() {
  asyncTokens.push(Context.current().info.taskToken);
  throw new CompleteAsyncError();
}

export async function timesOut() {
  await Context.current().cancelled.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

export async function resumes() {
  const { attempt, heartbeatDetails } = Context.current().info;
  if (attempt === 1) {
    Context.current().heartbeat({ position: 41 });
    throw new Error('interrupted');
  }
  return heartbeatDetails.position + 1;
}

export * from './historyActivities.mjs';

export async function toldPriority() {
  return Context.current().info.priority ?? null;
}

export async function tellsWhatItIs(input) {
  const { inWorkflow, workflowExecution, activityId, activityRunId } = Context.current().info;
  return { inWorkflow, workflowExecution: workflowExecution ?? null, activityId, activityRunId, input };
}

export async function completedById() {
  throw new CompleteAsyncError();
}
