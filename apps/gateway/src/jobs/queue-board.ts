import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { ProblemError, problemFor, redactTexts, sendProblem } from '@zerorouter/platform';
import type { QueueInspector, RunningApp } from '@zerorouter/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { admitCaller, bearerKey } from '../access/admit.js';
import type { KeyRing } from '../access/key-ring.js';

export const BOARD_PATH = '/admin/queues';

const ASK_FOR_PASSWORD = 'Basic realm="ZeroRouter queues", charset="UTF-8"';

/** Its page styles itself while it runs, and shows images that it has within it. */
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'self'; frame-ancestors 'none'; form-action 'none'";

/**
 * Shows the jobs of all queues to administrators, in a browser. A browser cannot send a bearer key by itself, so the
 * admin key is taken as the password of HTTP Basic as well, here and nowhere else. Browsers send such a password with
 * whatever another site makes them ask for: nothing can be changed here, by any method.
 */
export async function serveQueueBoard(
  app: RunningApp['app'],
  queues: QueueInspector,
  keys: KeyRing,
): Promise<void> {
  const board = new FastifyAdapter();
  board.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.queues.map(({ queue }) => {
      // BullMQ's own objects; the driver's type names only what it uses of them.
      const adapter = new BullMQAdapter(
        queue as unknown as ConstructorParameters<typeof BullMQAdapter>[0],
        {
          readOnlyMode: true,
          allowRetries: false,
        },
      );
      adapter.setFormatter('data', redactTexts);
      adapter.setFormatter('returnValue', redactTexts);
      return adapter;
    }),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'ZeroRouter' } },
  });
  await app
    .getHttpAdapter()
    .getInstance()
    .register(
      (fastify, _options, done) => {
        fastify.addHook('onRequest', async (request, reply) => admit(request, reply, keys));
        fastify.register(board.registerPlugin());
        done();
      },
      { prefix: BOARD_PATH },
    );
}

async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  keys: KeyRing,
): Promise<FastifyReply | undefined> {
  void reply.headers({
    'cache-control': 'no-store',
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new ProblemError(405, 'method-not-allowed', 'the board of queues is read-only', {
        allow: ['GET', 'HEAD'],
      });
    const presented = presentedKey(request.headers.authorization);
    const key = presented === null ? null : await keys.find(presented);
    admitCaller(['admin'], key, false, new Date());
    return undefined;
  } catch (error) {
    const { problem } = problemFor(error);
    sendProblem(reply, { ...problem, instance: BOARD_PATH }, ASK_FOR_PASSWORD);
    return reply;
  }
}

/** Of HTTP Basic the password counts, whatever the user is called. */
function presentedKey(header: string | undefined): string | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return bearerKey(header);
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}
