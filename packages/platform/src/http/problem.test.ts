import { describe, expect, it } from '@jest/globals';
import { DomainError } from '@zerorouter/contracts';
import { z } from 'zod';
import { KnownPaths } from './known-paths.js';
import { parseRequest } from './parse-with.js';
import { isConnectionError, problemFor } from './problem.js';

function thrown(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('problemFor', () => {
  it.each([
    Object.assign(new Error('of pg'), { code: '22021' }),
    new Error('of Prisma', {
      cause: new Error(
        'Database error. Code: `22021`. Message: `invalid byte sequence for encoding "UTF8": 0x00`',
      ),
    }),
  ])('takes a text that Postgres cannot hold for a mistake of the request: %s', (error) => {
    const { problem, fault } = problemFor(error);
    expect([problem.status, problem.code, fault]).toEqual([400, 'invalid-request', false]);
  });

  it('gives back no more than the beginning of what was too long, wherever it stands', () => {
    const long = 'x'.repeat(1_000_000);
    const at = new Date(0);
    const error = new DomainError('unknown-policy', `there is no policy "${long}"`, {
      details: { policy: long, policies: ['a'], errors: [{ path: long, at, count: 7 }] },
    });
    const { problem } = problemFor(error, { 'unknown-policy': 422 });
    const cut = `${'x'.repeat(4_000)}… (1000000 characters)`;
    expect(problem).toMatchObject({
      policy: cut,
      policies: ['a'],
      errors: [{ path: cut, at, count: 7 }],
    });
    expect(problem.detail).toMatch(/^there is no policy "x{3980}… \(1000021 characters\)$/);
  });

  it('answers a domain error with the status of its code, and keeps its details', () => {
    const error = new DomainError('unknown-model', 'no such model', { details: { models: ['a'] } });
    expect(problemFor(error, { 'unknown-model': 422 })).toEqual({
      fault: false,
      problem: {
        type: 'urn:zerorouter:problem:unknown-model',
        title: 'Unprocessable content',
        status: 422,
        detail: 'no such model',
        code: 'unknown-model',
        models: ['a'],
      },
    });
  });

  it('tells when to come back after a 503', () => {
    expect(problemFor(new DomainError('queue-timeout', 'late')).problem).toMatchObject({
      status: 503,
      retryAfter: 1,
    });
  });

  it('hides what it does not know, and calls it a fault', () => {
    const { problem, fault } = problemFor(new Error('secret path'));
    expect(fault).toBe(true);
    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem)).not.toContain('secret path');
  });

  it('sees a lost database through wrappers', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const wrapped = new Error('query failed', { cause: new Error('inner', { cause: refused }) });
    expect(isConnectionError(wrapped)).toBe(true);
    expect(isConnectionError(new AggregateError([refused]))).toBe(true);
    expect(isConnectionError(Object.assign(new Error('unique'), { code: '23505' }))).toBe(false);
    expect(problemFor(wrapped).problem).toMatchObject({
      status: 503,
      code: 'database-unavailable',
    });
  });
});

describe('a Postgres that can take nothing', () => {
  it.each([
    ['disk full, of pg', Object.assign(new Error('could not extend file'), { code: '53100' })],
    [
      'disk full, of Prisma',
      new Error('of Prisma', {
        cause: new Error('Database error. Code: `53100`. Message: `could not extend file`'),
      }),
    ],
    ['out of memory', Object.assign(new Error('out of memory'), { code: '53200' })],
    ['out of connections', Object.assign(new Error('too many clients'), { code: '53300' })],
    [
      'no transaction begins',
      Object.assign(
        new Error('Transaction API error: Unable to start a transaction in the given time.'),
        { code: 'P2028' },
      ),
    ],
    ['a disk that fails', Object.assign(new Error('could not read block'), { code: '58030' })],
  ])('is worth another try: %s', (_, error) => {
    const { problem, fault } = problemFor(error);
    expect([problem.status, problem.code, problem.retryAfter, fault]).toEqual([
      503,
      'database-unavailable',
      1,
      false,
    ]);
  });
});

describe('parseRequest', () => {
  const schema = z.strictObject({
    name: z.string(),
    policy: z.union([z.string(), z.strictObject({ dial: z.number() })]).optional(),
  });

  it('lists every mistake by its path, and what each shape of a union misses', () => {
    const error = thrown(() => parseRequest(schema, { policy: { dial: 'x' }, extra: 1 }));
    expect(error).toMatchObject({ code: 'invalid-request' });
    const { errors } = (error as DomainError).details as {
      errors: { path: string; message: string }[];
    };
    expect(errors.map(({ path }) => path).sort()).toEqual(['', 'name', 'policy']);
    expect(errors.find(({ path }) => path === 'policy')?.message).toMatch(
      /fits none of the shapes \(.*string.* \| dial: .*number/,
    );
  });

  it('hands on what is valid', () => {
    expect(parseRequest(schema, { name: 'x' })).toEqual({ name: 'x' });
  });
});

describe('KnownPaths', () => {
  it('tells a wrong method from a wrong path', () => {
    const paths = new KnownPaths();
    paths.add('POST', '/v1/route');
    paths.add('GET', '/v1/decisions/:id');
    paths.add('DELETE', '/v1/decisions/:id');
    expect(paths.allowed('/v1/route')).toEqual(['POST']);
    expect(paths.allowed('/v1/decisions/dec_1')).toEqual(['DELETE', 'GET']);
    expect(paths.allowed('/v1/decisions/')).toEqual([]);
    expect(paths.allowed('/v1/nothing')).toEqual([]);
  });
});
