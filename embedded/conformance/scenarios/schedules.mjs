// Workflows that start by themselves: specs, policies, what operators do to a schedule.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { eventually, rejection } from './environment.mjs';

export function schedules(env) {
  describe('schedules', { concurrency: 4 }, () => {
    const action = (workflowType, args = [], more = {}) => ({
      type: 'startWorkflow',
      workflowType,
      workflowId: env().id('scheduled'),
      taskQueue: env().sharedQueue,
      args,
      ...more,
    });

    // A schedule that is gone when the scenario is over, however it ends.
    async function withSchedule(options, scenario) {
      const scheduleId = env().id('schedule');
      const handle = await env().client.schedule.create({ scheduleId, spec: { intervals: [{ every: '1h' }] }, ...options });
      try {
        return await scenario(handle, scheduleId);
      } finally {
        await handle.delete().catch((error) => assert.ok(error instanceof ScheduleNotFoundError));
      }
    }

    const actions = async (handle, count) =>
      await eventually(async () => {
        const { info } = await handle.describe();
        return info.numActionsTaken >= count && info;
      }, `${count} actions`);

    const result = (started) => env().client.workflow.getHandle(started.action.workflow.workflowId).result();

    it('a schedule starts its workflow again and again, each run knowing what the last one returned', async () => {
      await withSchedule(
        { action: action('countsRuns'), spec: { intervals: [{ every: '1s' }] }, policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL }, state: { remainingActions: 3 } },
        async (handle, scheduleId) => {
          const info = await actions(handle, 3);
          assert.equal(info.numActionsTaken, 3);
          assert.deepEqual(await Promise.all(info.recentActions.map(result)), [1, 2, 3]);
          const [first] = info.recentActions;
          assert.match(first.action.workflow.workflowId, /-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
          const described = await env().client.workflow.getHandle(first.action.workflow.workflowId).describe();
          assert.deepEqual(described.searchAttributes.TemporalScheduledById, [scheduleId]);
          assert.deepEqual(described.searchAttributes.TemporalScheduledStartTime, [first.scheduledAt]);
          assert.deepEqual((await handle.describe()).info.nextActionTimes, []);
        }
      );
    });

    it('a spec of calendars, intervals, cron strings and exclusions is shown as it was understood', async () => {
      await withSchedule(
        {
          action: action('greeting', ['you']),
          spec: {
            calendars: [{ hour: { start: 8, end: 16, step: 4 }, dayOfWeek: ['MONDAY', 'FRIDAY'], comment: 'shifts' }],
            intervals: [{ every: '90m', offset: '5m' }],
            cronExpressions: ['15 10 1 * *'],
            skip: [{ month: 'DECEMBER', dayOfMonth: 25, hour: '*', minute: '*' }],
            timezone: 'Europe/Berlin',
            jitter: '1s',
          },
          state: { paused: true, note: 'for now' },
        },
        async (handle) => {
          const { spec, state, info } = await handle.describe();
          assert.equal(spec.timezone, 'Europe/Berlin');
          assert.deepEqual(spec.calendars.map((calendar) => calendar.comment ?? ''), ['shifts', '']);
          assert.deepEqual(spec.calendars[0].hour, [{ start: 8, end: 16, step: 4 }]);
          assert.deepEqual(spec.calendars[1].minute, [{ start: 15, end: 15, step: 1 }]);
          assert.deepEqual(spec.intervals, [{ every: 90 * 60_000, offset: 5 * 60_000 }]);
          assert.equal(spec.skip.length, 1);
          assert.deepEqual([state.paused, state.note], [true, 'for now']);
          assert.equal(info.nextActionTimes.length, 10);
        }
      );
    });

    it('triggered, paused, unpaused and updated by hand', async () => {
      await withSchedule({ action: action('greeting', ['once']) }, async (handle) => {
        await handle.trigger();
        const { recentActions } = await actions(handle, 1);
        assert.equal(await result(recentActions[0]), 'Hello, once!');
        await handle.pause('holidays');
        assert.deepEqual((({ paused, note }) => [paused, note])((await handle.describe()).state), [true, 'holidays']);
        await handle.unpause('back');
        await handle.update((previous) => ({ ...previous, action: { ...previous.action, args: ['twice'] } }));
        // A trigger's workflow id has the second in it.
        await eventually(async () => Math.floor(Date.now() / 1000) > Math.floor(recentActions[0].takenAt.getTime() / 1000), 'next second');
        await handle.trigger();
        const info = await actions(handle, 2);
        assert.equal(await result(info.recentActions[1]), 'Hello, twice!');
        assert.deepEqual((({ paused, note }) => [paused, note])((await handle.describe()).state), [false, 'back']);
      });
    });

    it('a backfill starts what would have been started', async () => {
      await withSchedule({ action: action('greeting', ['past']), state: { paused: true } }, async (handle) => {
        const start = new Date('2024-02-29T10:00:00Z');
        await handle.backfill({ start, end: new Date('2024-02-29T14:00:00Z'), overlap: ScheduleOverlapPolicy.ALLOW_ALL });
        const info = await actions(handle, 5);
        assert.deepEqual(
          info.recentActions.map((recent) => recent.scheduledAt.toISOString()).sort(),
          [10, 11, 12, 13, 14].map((hour) => `2024-02-29T${hour}:00:00.000Z`)
        );
        assert.deepEqual(new Set(await Promise.all(info.recentActions.map(result))), new Set(['Hello, past!']));
      });
    });

    for (const [name, overlap, failure] of [
      ['under CANCEL_OTHER a start asks the one before it to cancel', 'CANCEL_OTHER', 'CancelledFailure'],
      ['under TERMINATE_OTHER a start terminates the one before it', 'TERMINATE_OTHER', 'TerminatedFailure'],
    ]) {
      it(name, async () => {
        await withSchedule(
          { action: action('waitsForever'), spec: { intervals: [{ every: '1s' }] }, policies: { overlap: ScheduleOverlapPolicy[overlap] }, state: { remainingActions: 2 } },
          async (handle) => {
            const { recentActions } = await actions(handle, 2);
            const first = env().client.workflow.getHandle(recentActions[0].action.workflow.workflowId);
            assert.equal((await rejection(first.result())).cause.name, failure);
            const { info } = await handle.describe();
            assert.equal(info.runningActions.length, 1);
            await env().client.workflow.getHandle(recentActions[1].action.workflow.workflowId).terminate();
          }
        );
      });
    }

    for (const [name, overlap, waiting] of [
      ['under SKIP no start waits for the one before it', 'SKIP', 0],
      ['under BUFFER_ONE one start waits for the one before it', 'BUFFER_ONE', 1],
      ['under BUFFER_ALL every start waits for the one before it', 'BUFFER_ALL', 2],
    ]) {
      it(name, async () => {
        await withSchedule({ action: action('inbox'), state: { paused: true } }, async (handle, scheduleId) => {
          const info = async () => (await env().grpcJs.workflowService.describeSchedule({ namespace: 'default', scheduleId })).info;
          const counts = async () => (({ actionCount, bufferSize, overlapSkipped }) => [actionCount, bufferSize, overlapSkipped].map(Number))(await info());
          await handle.backfill({ start: new Date('2024-02-29T10:00:00Z'), end: new Date('2024-02-29T12:00:00Z'), overlap: ScheduleOverlapPolicy[overlap] });
          await eventually(async () => (await counts()).reduce((sum, count) => sum + count) === 3 && (await info()).runningWorkflows.length === 1, 'three starts decided on');
          assert.deepEqual(await counts(), [1, waiting, 2 - waiting]);
          for (let started = 1; started <= 1 + waiting; started++) {
            const { workflowId } = await eventually(async () => {
              const now = await info();
              return Number(now.actionCount) === started && now.runningWorkflows[0];
            }, `start number ${started}`);
            await env().client.workflow.getHandle(workflowId).signal('finish');
          }
          await eventually(async () => (await info()).runningWorkflows.length === 0, 'end of all');
          assert.deepEqual(await counts(), [1 + waiting, 0, 2 - waiting]);
        });
      });
    }

    it('under ALLOW_ALL every start runs beside those before it', async () => {
      await withSchedule({ action: action('inbox'), state: { paused: true } }, async (handle) => {
        await handle.backfill({ start: new Date('2024-02-29T10:00:00Z'), end: new Date('2024-02-29T12:00:00Z'), overlap: ScheduleOverlapPolicy.ALLOW_ALL });
        const { recentActions } = await actions(handle, 3);
        const handles = recentActions.map((recent) => env().client.workflow.getHandle(recent.action.workflow.workflowId));
        assert.deepEqual(await Promise.all(handles.map(async (one) => (await one.describe()).status.name)), ['RUNNING', 'RUNNING', 'RUNNING']);
        await Promise.all(handles.map((one) => one.terminate()));
      });
    });

    it('a failure pauses a schedule that wants that', async () => {
      await withSchedule({ action: action('fails', ['order']), policies: { pauseOnFailure: true } }, async (handle) => {
        // The SDK's own default, allow all, would start it beside the schedule's count of what runs.
        await handle.trigger(ScheduleOverlapPolicy.SKIP);
        const description = await eventually(async () => {
          const now = await handle.describe();
          return now.state.paused && now;
        }, 'paused schedule');
        assert.match(description.state.note, /paused due to workflow failure: .*: order failed/);
      });
    });

    it('schedules are listed with their search attributes and memo, filtered', async () => {
      const city = env().id('city');
      await withSchedule({ action: action('greeting'), searchAttributes: { CustomCity: [city] }, memo: { note: 'mine' }, state: { paused: true } }, async (handle) => {
        await withSchedule({ action: action('greeting'), searchAttributes: { CustomCity: [city] } }, async () => {
          const listed = async (query) => {
            const found = [];
            for await (const summary of env().client.schedule.list({ query, pageSize: 1 })) found.push(summary);
            return found;
          };
          assert.equal((await listed(`CustomCity = '${city}'`)).length, 2);
          const [paused] = await listed(`CustomCity = '${city}' AND TemporalSchedulePaused = true`);
          assert.equal(paused.scheduleId, handle.scheduleId);
          assert.deepEqual([paused.memo, paused.state.paused, paused.action.workflowType], [{ note: 'mine' }, true, 'greeting']);
        });
      });
    });

    it('a schedule id is taken once, and a deleted schedule is not found', async () => {
      await withSchedule({ action: action('greeting') }, async (handle, scheduleId) => {
        const again = env().client.schedule.create({ scheduleId, spec: { intervals: [{ every: '1h' }] }, action: action('greeting') });
        assert.ok((await rejection(again)) instanceof ScheduleAlreadyRunning);
        await handle.delete();
        assert.ok((await rejection(handle.describe())) instanceof ScheduleNotFoundError);
      });
    });
  });
}
