import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../test/seeded-random.js';
import { AnswerMeter } from './answer-meter.js';

const STREAM = 'text/event-stream; charset=utf-8';
const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 40,
  prompt_tokens_details: { cached_tokens: 64 },
  completion_tokens_details: { reasoning_tokens: 30 },
};
const READ = { inputTokens: 100, cachedTokens: 64, outputTokens: 40, reasoningTokens: 30 };

const chunk = (more: object) =>
  `data: ${JSON.stringify({ id: 'c', model: 'upstream-2030-01-01', ...more })}\n\n`;
const says = (content: string, more: object = {}) =>
  chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more });
const ends = (more: object = {}) =>
  chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], ...more });
const DONE = 'data: [DONE]\n\n';

/** Passes an answer through in the given pieces. */
function pass(pieces: Buffer[], options: Partial<ConstructorParameters<typeof AnswerMeter>[0]>) {
  const meter = new AnswerMeter({
    contentType: STREAM,
    contentEncoding: undefined,
    hidesUsage: false,
    ...options,
  });
  const passed = [...pieces.map((piece) => meter.take(piece)), meter.flush()];
  return { text: Buffer.concat(passed).toString(), ...meter.result() };
}
const whole = (text: string, options = {}) => pass([Buffer.from(text)], options);

/** Of random length, one byte included. */
function inPieces(text: string, seed: number): Buffer[] {
  const random = seededRandom(seed);
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + Math.floor(random.uniform() ** 3 * 60);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

describe('a stream', () => {
  const asked = [
    says('', { usage: null }),
    says('Grüße ', { usage: null }),
    ': a comment\n\n',
    says('"usage":null 🙂', { usage: null }),
    ends({ usage: null }),
    chunk({ choices: [], usage: USAGE }),
    DONE,
  ].join('');
  const unasked = [
    says(''),
    says('Grüße '),
    ': a comment\n\n',
    says('"usage":null 🙂'),
    ends(),
    DONE,
  ];

  it('tells what it has used, and passes byte for byte', () => {
    const { text, ...read } = whole(asked);
    expect(text).toBe(asked);
    expect(read).toEqual({
      id: 'c',
      model: 'upstream-2030-01-01',
      usage: READ,
      finishReason: 'stop',
      characters: 21,
    });
  });

  it('loses what it has only because we asked, however its bytes are split', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { text, usage } = pass(inPieces(asked, seed), { hidesUsage: true });
      expect(text).toBe(unasked.join(''));
      expect(usage).toEqual(READ);
    }
  });

  it('keeps every byte that is not ours', () => {
    const odd = [
      'event: x\r\ndata: {"big": 1e400,  "usage" : {"prompt_tokens":1,"completion_tokens":2} ,"choices":[{}]}\r\n\r\n',
      'data:{"choices":[{"delta":{"content":"a"}}]}\n\n\n\n',
      'data: no json\n\n',
      'data: {"error":{"message":"out of order"}}\n\n',
      'data: {"cut":',
    ].join('');
    for (let seed = 0; seed < 20; seed++) {
      const { text, ...read } = pass(inPieces(odd, seed), { hidesUsage: true });
      expect(text).toBe(odd);
      expect(read).toMatchObject({ characters: 1, usage: { inputTokens: 1, outputTokens: 2 } });
    }
    const nulled = 'data: {"a":1.0, "usage" : null ,"choices":[]}\r\n\r\n';
    expect(whole(nulled, { hidesUsage: true }).text).toBe('data: {"a":1.0 ,"choices":[]}\r\n\r\n');
  });

  it('passes each event when it is there', () => {
    const meter = new AnswerMeter({
      contentType: STREAM,
      contentEncoding: undefined,
      hidesUsage: true,
    });
    const event = says('a');
    expect(meter.take(Buffer.from(event.slice(0, -1))).toString()).toBe('');
    expect(meter.take(Buffer.from(`\n${event}`)).toString()).toBe(event + event);
  });

  it('without usage counts what was written: text, thoughts, refusals, tools', () => {
    const call = { function: { name: 'rain', arguments: '{"a":1}' } };
    const text = [
      says('four'),
      chunk({ choices: [{ delta: { reasoning_content: 'hm', reasoning: 'hm' } }] }),
      chunk({ choices: [{ delta: { refusal: 'no' } }] }),
      chunk({ choices: [{ delta: { tool_calls: [call] } }] }),
      chunk({ choices: [{ delta: { content: [{ type: 'text', text: 'five5' }] } }] }),
    ].join('');
    expect(whole(text)).toMatchObject({ usage: null, finishReason: null, characters: 24 });
  });

  it('of the Responses API is read as well', () => {
    const usage = { input_tokens: 5, output_tokens: 7, input_tokens_details: { cached_tokens: 2 } };
    const text = [
      `event: response.output_text.delta\n${chunk({ type: 'response.output_text.delta', delta: 'abc' })}`,
      `event: response.completed\n${chunk({ type: 'response.completed', response: { status: 'completed', usage } })}`,
    ].join('');
    expect(whole(text)).toMatchObject({
      usage: { inputTokens: 5, cachedTokens: 2, outputTokens: 7, reasoningTokens: null },
      finishReason: 'completed',
      characters: 3,
    });
  });
});

describe('a document', () => {
  const JSON_TYPE = { contentType: 'application/json' };

  it('tells what it has used', () => {
    const text = JSON.stringify({
      id: 'whole',
      model: 'x'.repeat(1_000),
      choices: [{ message: { content: 'ab', tool_calls: null }, finish_reason: 'length' }],
      usage: USAGE,
    });
    for (let seed = 0; seed < 5; seed++)
      expect(pass(inPieces(text, seed), { ...JSON_TYPE, hidesUsage: true })).toEqual({
        text,
        id: 'whole',
        model: null,
        usage: READ,
        finishReason: 'length',
        characters: 2,
      });
  });

  it('tells it behind megabytes, too', () => {
    const list = Array.from({ length: 200_000 }, (_, i) => i / 7);
    const usage = { prompt_tokens: 8, total_tokens: 8, details: { cached: {} } };
    const text = JSON.stringify({ data: [{ embedding: list, note: '"usage"' }], usage });
    expect(text.length).toBeGreaterThan(2 ** 20);
    const bytes = Buffer.from(text);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) =>
      bytes.subarray(i * 65_536, (i + 1) * 65_536),
    );
    const read = pass(pieces, JSON_TYPE);
    expect(read.usage).toMatchObject({ inputTokens: 8, outputTokens: null });
    expect(read.text).toBe(text);
  });

  it.each([
    ['no JSON', 'nothing'],
    ['a list', '[1]'],
    ['usage that is none', '{"usage":{"prompt_tokens":"9","completion_tokens":1e99}}'],
    ['negative tokens', '{"usage":{"prompt_tokens":-1}}'],
    ['nothing', ''],
  ])('of %s passes and tells nothing', (_, text) => {
    expect(whole(text, JSON_TYPE)).toEqual({
      text,
      id: null,
      model: null,
      usage: null,
      finishReason: null,
      characters: 0,
    });
  });

  it('that is compressed passes unread', () => {
    const text = JSON.stringify({ usage: USAGE });
    expect(whole(text, { contentEncoding: 'gzip' })).toMatchObject({ text, usage: null });
  });
});
