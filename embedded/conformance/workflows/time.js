// Workflows of environments.test.mjs: what they do takes hours of the environment's clock.
import { proxyActivities, sleep } from '@temporalio/workflow';

export async function racesTimer(milliseconds) {
  const { takes } = proxyActivities({ startToCloseTimeout: '1 day' });
  return await Promise.race([takes(milliseconds), sleep('1 hour').then(() => 'timer')]);
}

export async function retriesDaily(key) {
  return await proxyActivities({ startToCloseTimeout: '10s', retry: { initialInterval: '1 day', backoffCoefficient: 1 } }).failTwice(key);
}

export async function sleepsInActivity(days) {
  await proxyActivities({ startToCloseTimeout: '10 days' }).sleepsForDays(days);
}
