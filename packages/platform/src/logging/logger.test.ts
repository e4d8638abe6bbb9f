import { describe, expect, it } from '@jest/globals';
import { createLogger, NestLogger } from './logger.js';

function capture(level: string) {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('gateway', level, {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  return { lines, logger };
}

describe('createLogger', () => {
  it('writes the app and a level by name', () => {
    const { lines, logger } = capture('info');
    logger.info({ port: 3000 }, 'listening');
    expect(lines).toEqual([
      expect.objectContaining({ app: 'gateway', level: 'info', port: 3000, msg: 'listening' }),
    ]);
  });

  it('keeps secrets and query texts out, at some depth too', () => {
    const { lines, logger } = capture('info');
    logger.info({ headers: { authorization: 'Bearer zr_1' }, job: { data: { text: 'my words' } } });
    expect(JSON.stringify(lines)).not.toMatch(/zr_1|my words/);
  });
});

describe('NestLogger', () => {
  it('keeps the context that Nest passes last, and quiets its chatter', () => {
    const { lines, logger } = capture('info');
    const nest = new NestLogger(logger);
    nest.log('Nest application started', 'NestApplication');
    nest.error(new Error('boom'), 'ExceptionsHandler');
    expect(lines).toEqual([
      expect.objectContaining({ level: 'error', context: 'ExceptionsHandler', msg: 'boom' }),
    ]);
  });
});
