// Workflows of scenarios/contracts.mjs.
import { defineSearchAttributeKey } from '@temporalio/common';
import { condition, defineSignal, defineUpdate, proxyActivities, proxyLocalActivities, setHandler, upsertSearchAttributes } from '@temporalio/workflow';

export async function handsOver(startToCloseTimeout, maximumAttempts) {
  return await proxyActivities({ startToCloseTimeout, retry: { initialInterval: '10ms', maximumAttempts } }).hands_over();
}

export async function longLocalActivity(milliseconds) {
  return await proxyLocalActivities({ startToCloseTimeout: '30s' }).takes(milliseconds);
}

export async function holdsUpdates() {
  let finished = false;
  setHandler(defineSignal('finish'), () => void (finished = true));
  setHandler(defineUpdate('hold'), () => condition(() => false));
  await condition(() => finished);
}

export async function upsertsAttribute(name) {
  upsertSearchAttributes([{ key: defineSearchAttributeKey(name, 'KEYWORD'), value: 'x' }]);
}
