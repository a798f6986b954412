// The server is killed (kill -9) again and again while genuine clients and workers work on it. Nothing is lost, nothing happens twice.
// TEMPORAL_SERVER_EXECUTABLE is the server, TEMPORAL_POSTGRES an empty database for it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { Environment } from './scenarios/environment.mjs';

const executable = process.env.TEMPORAL_SERVER_EXECUTABLE;
const TOTAL = 60;
const KILLS = 3;

class Server {
  port = 0;

  async start() {
    this.process = spawn(executable, ['server', 'start-dev', '--port', `${this.port}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: this.process.stdout })) {
      const ready = /ready on [^ ]*:(\d+)/.exec(line);
      if (ready) {
        this.port = Number(ready[1]);
        return;
      }
    }
    throw new Error('the server ended before it was ready');
  }

  async kill() {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }
}

describe('a server that is killed again and again', { skip: executable && process.env.TEMPORAL_POSTGRES ? false : 'needs TEMPORAL_SERVER_EXECUTABLE and TEMPORAL_POSTGRES' }, () => {
  const server = new Server();
  let env;
  before(async () => {
    await server.start();
    env = await Environment.connect(`127.0.0.1:${server.port}`);
  });
  after(async () => {
    await env?.close();
    await server.kill();
  });

  // While a server is away a call may fail for good in spite of the client's own retries: the caller then asks again, with the same ids.
  async function persist(call) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        const code = error.code ?? error.cause?.code;
        if (attempt > 60 || ![1, 4, 14].includes(code)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async function story(i) {
    const workflowId = `chaos-${i}`;
    const options = { workflowId, taskQueue: env.sharedQueue, args: [['seed']], workflowIdConflictPolicy: 'USE_EXISTING' };
    const handle = await persist(() => env.client.workflow.start('inbox', options));
    await persist(() => handle.executeUpdate('set', { args: [0, `seed-${i}`], updateId: `update-${i}` }));
    await persist(() =>
      env.client.workflow.start('signaler', { workflowId: `signaler-${i}`, taskQueue: env.sharedQueue, args: [workflowId], workflowIdConflictPolicy: 'USE_EXISTING', workflowIdReusePolicy: 'REJECT_DUPLICATE' })
        .catch((error) => error.name === 'WorkflowExecutionAlreadyStartedError' || Promise.reject(error))
    );
    const child = await persist(() =>
      env.client.workflow.start('parent', { workflowId: `parent-${i}`, taskQueue: env.sharedQueue, args: [`${i}`], workflowIdConflictPolicy: 'USE_EXISTING' })
    );
    assert.equal(await persist(() => child.result()), `Hello, ${i}!`);
    assert.deepEqual(await persist(() => handle.result()), [`seed-${i}`, 'from outside']);
  }

  it('finishes every workflow with exactly its own result', { timeout: 300_000 }, async () => {
    let [next, done, kills] = [0, 0, 0];
    const lane = async () => {
      while (next < TOTAL) {
        await story(next++);
        done++;
      }
    };
    const chaos = async () => {
      for (kills = 0; kills < KILLS; kills++) {
        const goal = Math.floor(((kills + 1) * TOTAL) / (KILLS + 2));
        while (done < goal) await new Promise((resolve) => setTimeout(resolve, 10));
        await server.kill();
        await server.start();
      }
    };
    await Promise.all([chaos(), ...Array.from({ length: 12 }, lane)]);
    assert.deepEqual([done, kills], [TOTAL, KILLS]);
  });
});
