/**
 * A worker thread with one onnxruntime session. onnxruntime-node's `run` computes on the thread
 * that calls it and blocks its event loop meanwhile, so every session gets a thread of its own.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { whileBusy } from './busy-flag.js';
import type { Feed, Feeds, Outputs, WorkerReply, WorkerRequest, WorkerSetup } from './messages.js';

const port = parentPort;
if (port === null) throw new Error('session-worker runs in a worker thread only');
const { busy } = workerData as WorkerSetup;
const reply = (message: WorkerReply): void => port.postMessage(message);
const failed = (cause: unknown): void =>
  reply({ kind: 'failed', message: cause instanceof Error ? cause.message : String(cause) });

let session: InferenceSession | undefined;
port.on('message', (request: WorkerRequest) => {
  if (request.kind === 'open')
    void open(request.model).then(() => reply({ kind: 'ready' }), failed);
  else if (request.kind === 'close')
    void whileBusy(busy, async () => session?.release()).finally(() => port.close());
  else
    whileBusy(busy, () => run(request.feeds)).then(
      (outputs) => reply({ kind: 'outputs', outputs }),
      failed,
    );
});

async function open(model: Uint8Array): Promise<void> {
  session = await whileBusy(busy, () =>
    InferenceSession.create(model, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // A memory plan a shape would be kept for ever, and texts come in hundreds of shapes.
      enableMemPattern: false,
      // What fails is thrown, and reported by who catches it.
      logSeverityLevel: 4,
    }),
  );
}

async function run(feeds: Feeds): Promise<Outputs> {
  if (session === undefined) throw new Error('there is no session yet: open one first');
  const results = await session.run(
    Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensor(feed)])),
  );
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => {
      if (data instanceof Float32Array) return [name, data];
      throw new TypeError(`output ${name} of the model is not float32`);
    }),
  );
}

function tensor(feed: Feed): Tensor {
  return feed.type === 'int64'
    ? new Tensor('int64', feed.data, feed.shape)
    : new Tensor('float32', feed.data, feed.shape);
}
