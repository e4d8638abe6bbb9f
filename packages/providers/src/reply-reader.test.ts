import { describe, expect, it } from '@jest/globals';
import { delta, DONE, event, finish, usage } from '../test/sse.js';
import { ReplyReader } from './reply-reader.js';

const deployment = {
  id: 'dep_1',
  baseUrl: 'https://x.example/v1',
  upstreamModel: 'm',
  apiKey: null,
  authHeader: null,
};

/** Feeds the bytes in the given parts, one a millisecond, from 1 on. */
function read(...parts: (string | Uint8Array)[]) {
  const reader = new ReplyReader(deployment, 0);
  parts.forEach((part, i) => reader.feed(Buffer.from(part as string), i + 1));
  return reader.finish(parts.length + 1);
}

/** Mulberry32: the same chunkings in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('ReplyReader', () => {
  it('puts a stream together', () => {
    const reply = read(
      event({ choices: [{ delta: { role: 'assistant', content: '' } }] }),
      delta('Hel'),
      delta('lo'),
      finish('length'),
      usage(11, 5, 2),
      DONE,
    );
    expect(reply).toEqual({
      id: null,
      model: null,
      text: 'Hello',
      finishReason: 'length',
      refusal: null,
      inputTokens: 11,
      outputTokens: 5,
      reasoningTokens: 2,
      ttftMs: 2,
      totalMs: 6,
    });
  });

  it.each(['\n', '\r\n', '\r'])('gives the same however the bytes are split (%j)', (eol) => {
    const stream = Buffer.from(
      [
        '\ufeff: a comment',
        `data: ${JSON.stringify({ choices: [{ delta: { content: 'Größe 🦉 – ' } }] })}`,
        '',
        ': another: comment',
        'event: message',
        'id: 7',
        `data:${JSON.stringify({ choices: [{ delta: { content: 'data: [DONE]\n\n' } }] })}`,
        '',
        'retry: 5',
        `data: {"choices":[{"delta":{"content":"日本"},`,
        `data: "finish_reason":"stop"}]}`,
        '',
        `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 9 } })}`,
        '',
        'data: [DONE]',
        '',
        '',
      ].join(eol),
    );
    const whole = { ...read(stream), ttftMs: null, totalMs: null };
    expect(whole).toMatchObject({
      text: 'Größe 🦉 – data: [DONE]\n\n日本',
      finishReason: 'stop',
      inputTokens: 3,
      outputTokens: 9,
    });
    const random = seeded(7);
    for (let i = 0; i < 200; i++) {
      const parts: Buffer[] = [];
      const longest = 1 + Math.floor(random() * 40);
      for (let at = 0; at < stream.length;) {
        const length = 1 + Math.floor(random() * longest);
        parts.push(stream.subarray(at, at + length));
        at += length;
      }
      expect({ ...read(...parts), ttftMs: null, totalMs: null }).toEqual(whole);
    }
  });

  it('does without [DONE], without the last empty line, and without usage', () => {
    expect(read(delta('a'), finish())).toMatchObject({ text: 'a', outputTokens: null });
    expect(read(delta('a'), finish(), usage(1, 2).trimEnd())).toMatchObject({ outputTokens: 2 });
    expect(read(delta('a'), DONE.trimEnd())).toMatchObject({ text: 'a', finishReason: null });
    expect(read(delta('a'), finish(), 'data: {"choices":[],"usa')).toMatchObject({ text: 'a' });
  });

  it.each(['reasoning', 'reasoning_content'])('counts a token of %s as the first one', (name) => {
    const thought = event({ choices: [{ delta: { content: null, [name]: 'Hm' } }] });
    const reply = read(': start\n\n', thought, delta('Yes'), finish(), DONE);
    expect(reply).toMatchObject({ text: 'Yes', ttftMs: 2 });
  });

  it('reads content in parts, and leaves thoughts out of the text', () => {
    const parts = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
      { type: 'text', text: 'Yes' },
    ];
    const reply = read(event({ choices: [{ delta: { content: parts } }] }), finish());
    expect(reply).toMatchObject({ text: 'Yes', ttftMs: 1 });
  });

  it('gathers a refusal', () => {
    const part = (refusal: string) => event({ choices: [{ delta: { refusal } }] });
    expect(read(part('I can'), part('not'), finish(), DONE)).toMatchObject({
      text: '',
      refusal: 'I cannot',
    });
  });

  it('takes the last usage, and none for a count that is none', () => {
    const counts = (output: unknown) =>
      event({ choices: [], usage: { prompt_tokens: 1, completion_tokens: output } });
    expect(read(delta('a'), finish(), counts(1), counts(2)).outputTokens).toBe(2);
    expect(read(delta('a'), finish(), counts(-1)).outputTokens).toBeNull();
  });

  it('ignores further choices and what comes after the end', () => {
    const other = event({ choices: [{ index: 1, delta: { content: 'no' } }] });
    expect(read(other, delta('a'), finish(), DONE, delta('b'))).toMatchObject({ text: 'a' });
  });

  it('takes a JSON document where a stream was asked for', () => {
    const answer = {
      id: 'chatcmpl-1',
      model: 'upstream-2030-01-01',
      choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 4, completion_tokens: 1 },
    };
    const json = JSON.stringify(answer, null, 2);
    expect(read(' \n', json.slice(0, 20), json.slice(20))).toEqual({
      id: 'chatcmpl-1',
      model: 'upstream-2030-01-01',
      text: 'Hi',
      finishReason: 'stop',
      refusal: null,
      inputTokens: 4,
      outputTokens: 1,
      reasoningTokens: null,
      ttftMs: null,
      totalMs: 4,
    });
  });

  it.each<[string, string, string[]]>([
    ['a stream without an end', 'cut', [delta('a')]],
    ['an event that was cut', 'cut', [delta('a'), 'data: {"choices":[{"del']],
    ['nothing', 'malformed', []],
    ['an end alone', 'malformed', [DONE]],
    ['a web page', 'malformed', ['<!doctype html>']],
    ['plain words', 'malformed', ['upstream connect error']],
    ['broken JSON in an event', 'malformed', ['data: {"choices":\n\n']],
    ['another form', 'malformed', [event({ choices: 'none' })]],
    ['a broken document', 'malformed', ['{"choices":[']],
    ['a document without choices', 'malformed', ['{"id":"x"}']],
    ['an error without a status', 'malformed', [delta('a'), event({ error: { message: 'x' } })]],
    ['an error with a status', 'status', [delta('a'), event({ error: { code: 502 } })]],
  ])('fails on %s: %s', (_what, kind, parts) => {
    expect(() => read(...parts)).toThrow(
      expect.objectContaining({ code: 'provider-failed', kind, retryable: true }),
    );
  });

  it('keeps its memory bounded', () => {
    const million = 'x'.repeat(1_000_000);
    const long = expect.objectContaining({ kind: 'malformed' });
    expect(() => read(delta(million), delta(million), delta('x'), finish())).toThrow(long);
    expect(() => read('data: ', ...Array<string>(10).fill(million))).toThrow(long);
    expect(() => read('{"a":"', ...Array<string>(10).fill(million))).toThrow(long);
    const comments = Array<string>(70).fill(`: ${million}\n`);
    expect(() => read(...comments)).toThrow(long);
    expect(read(delta(million), delta(million), finish()).text.length).toBe(2_000_000);
  });
});
