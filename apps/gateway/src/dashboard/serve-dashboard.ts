import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { Logger, RunningApp } from '@zerorouter/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_ROOTS } from './page-roots.js';
import { pagePolicy, SAFE_HEADERS } from './page-headers.js';

/** What the build leaves in the page where a nonce belongs. */
const NONCE = '__CSP_NONCE__';
/** Beside this app, from the sources as from the built files. */
const BUILT = join(import.meta.dirname, '..', '..', '..', 'dashboard', 'dist');

/**
 * Serves the built dashboard: the page at `/` and at its own addresses, its files below `/assets/`.
 * Their names change with their content, so that browsers keep them for good; the page is never kept,
 * since its nonce must be new each time. Without a build there is no page, and the API works the same.
 */
export async function serveDashboard(
  app: RunningApp['app'],
  logger: Logger,
  folder = BUILT,
): Promise<void> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
  if (page === null) {
    logger.warn({ folder }, 'the dashboard is not built: there is no page at /');
    return;
  }
  const answer = (_request: FastifyRequest, reply: FastifyReply) => {
    const nonce = randomBytes(16).toString('base64');
    return reply
      .headers({ ...SAFE_HEADERS, 'content-security-policy': pagePolicy(nonce) })
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(NONCE, nonce));
  };
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/', answer);
  for (const root of PAGE_ROOTS) {
    fastify.get(`/${root}`, answer);
    fastify.get(`/${root}/*`, answer);
  }
  await app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    ...FILES,
    immutable: true,
    maxAge: '365d',
  });
  const icon = await readFile(join(folder, 'favicon.svg'));
  fastify.get('/favicon.svg', (_request: FastifyRequest, reply: FastifyReply) =>
    reply
      .headers({ ...SAFE_HEADERS, 'cache-control': 'public, max-age=3600' })
      .type('image/svg+xml')
      .send(icon),
  );
}

const FILES = {
  // The reference at /docs has its own.
  decorateReply: false,
  index: false,
  preCompressed: true,
  setHeaders: (reply: FastifyReply) => {
    // Another answer for those who take brotli, gzip or neither.
    void reply.headers({ ...SAFE_HEADERS, vary: 'accept-encoding' });
  },
} as const;
