// What every scenario gets: both kinds of client, one workflow bundle, workers on queues of their own.
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import * as activities from '../workflows/activities.mjs';

const require = createRequire(import.meta.url);

/** The workflows' bundle: made now, or the file that WORKFLOW_BUNDLE names, so that many runs need it made but once. */
export async function bundle() {
  return process.env.WORKFLOW_BUNDLE
    ? { codePath: process.env.WORKFLOW_BUNDLE }
    : await bundleWorkflowCode({ workflowsPath: require.resolve('../workflows/index.js'), logger: new DefaultLogger('ERROR', () => undefined) });
}

const besides = (address) => address.replace(/\d+$/, (port) => `${Number(port) + 1000}`);

export class Environment {
  /** `uiAddress`: where the Web UI's pages find the server; by default where start-dev listens for them. */
  static async connect(address, uiAddress = besides(address)) {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
    const environment = new Environment();
    environment.address = address;
    environment.uiAddress = uiAddress;
    environment.grpcJs = await Connection.connect({ address });
    environment.native = await NativeConnection.connect({ address });
    environment.clients = {
      'grpc-js client': new Client({ connection: environment.grpcJs }),
      'native client': new Client({ connection: environment.native }),
    };
    environment.client = environment.clients['grpc-js client'];
    environment.bundle = await bundle();
    environment.sharedQueue = environment.id('shared');
    environment.sharedWorker = await environment.worker(environment.sharedQueue);
    environment.sharedRun = environment.sharedWorker.run();
    return environment;
  }

  id(prefix) {
    return `${prefix}-${randomUUID()}`;
  }

  async worker(taskQueue, options = {}) {
    return await Worker.create({
      connection: this.native,
      workflowBundle: this.bundle,
      activities,
      taskQueue,
      shutdownGraceTime: '5s',
      maxHeartbeatThrottleInterval: '200ms',
      workflowThreadPoolSize: 1,
      ...options,
    });
  }

  /** Runs `scenario` while a worker polls its queue: the one that all scenarios share, or one of its own when it has options.
   *  A worker of its own has its own connection, too, as it would in a process of its own: one connection admits one worker of a queue. */
  async withWorker(scenario, options) {
    if (!options) return await scenario(this.sharedQueue);
    const taskQueue = options.taskQueue ?? this.id('queue');
    const connection = await NativeConnection.connect({ address: this.address });
    try {
      const worker = await this.worker(taskQueue, { ...options, taskQueue, connection });
      return await worker.runUntil(scenario(taskQueue));
    } finally {
      await connection.close();
    }
  }

  async close() {
    this.sharedWorker.shutdown();
    await this.sharedRun;
    await this.grpcJs.close();
    await this.native.close();
  }
}

/** Waits until `probe` gives something truthy; scenarios wait for conditions, never for time. */
export async function eventually(probe, what, limit = 60_000) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`within ${limit} ms there was no ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection');
}
