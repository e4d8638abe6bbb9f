import { describe, expect, it } from '@jest/globals';
import { redactFields, redactSecrets, redactTexts } from './redact.js';

describe('redactFields', () => {
  it('blanks secrets and texts at any depth, in lists too, and nothing else', () => {
    const seen = redactFields({
      model: 'acme/a',
      deep: { er: [{ job: { data: { queries: [{ text: 'my words' }], apiKey: 'k', n: 1 } } }] },
    });
    expect(seen).toEqual({
      model: 'acme/a',
      deep: {
        er: [{ job: { data: { queries: [{ text: '[redacted]' }], apiKey: '[redacted]', n: 1 } } }],
      },
    });
  });

  it('ends in what refers to itself', () => {
    const loop: Record<string, unknown> = {};
    loop['again'] = loop;
    expect(JSON.stringify(redactFields(loop))).toContain('[redacted]');
  });
});

describe('redactTexts', () => {
  it('tells the length of a text, and keeps what is no text', () => {
    expect(redactTexts({ spaceVersion: 's', queries: [{ text: 'abc' }, { text: '' }] })).toEqual({
      spaceVersion: 's',
      queries: [{ text: '[3 characters]' }, { text: '[0 characters]' }],
    });
  });
});

describe('redactSecrets', () => {
  it.each([
    ['key zr_AbC123_x-9 used', 'key [redacted] used'],
    ['"sk-proj-0123456789abc"', '"[redacted]"'],
    ['authorization: Bearer abc.def', 'authorization: [redacted]'],
    ['Basic YWRtaW46enJfc2VjcmV0', '[redacted]'],
    ['postgres://me:hunter2@db:5432/x', 'postgres://me:[redacted]@db:5432/x'],
    [
      'a task-oriented zrx and http://host:3000/path@v',
      'a task-oriented zrx and http://host:3000/path@v',
    ],
  ])('%s', (line, expected) => expect(redactSecrets(line)).toBe(expected));
});
