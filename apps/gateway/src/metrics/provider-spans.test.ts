import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enableTracing, SpanKind } from '@zerorouter/platform';
import { AnswerMeter, ProviderNetwork } from '@zerorouter/providers';
import type { Metered } from '@zerorouter/providers';
import { startStandInProvider } from '../../../../e2e/stand-in/stand-in-provider.js';
import type { StandInProvider } from '../../../../e2e/stand-in/stand-in-provider.js';
import { recordSpans } from '../../../../packages/platform/test/record-spans.js';
import type { SpanRecord } from '../../../../packages/platform/test/record-spans.js';
import { attempt } from '../chat/attempt.js';
import type { Outcome } from '../chat/attempt.js';
import { endCallSpan, spanCall } from './provider-spans.js';

const PATH = '/chat/completions';
const SILENT: Metered = { id: null, model: null, finishReason: null, characters: 0, usage: null };

describe('the span of a call to a provider', () => {
  const network = new ProviderNetwork({ allowPrivate: true });
  let provider: StandInProvider;
  let record: SpanRecord;
  beforeAll(async () => {
    provider = await startStandInProvider({
      answer: () => ({ text: 'quokka', outputTokens: 7 }),
      faults: [{ kind: 'server-error', calls: [3] }],
    });
    record = recordSpans(enableTracing);
  });
  afterAll(async () => {
    await record.stop();
    await network.close();
    await provider.close();
  });

  const call = (): Promise<Outcome> => {
    const deployment = {
      id: 'dep_1',
      baseUrl: provider.baseUrl,
      upstreamModel: 'stand-in-2030',
      authHeader: null,
      apiKey: 'sk-canary-0123456789',
    };
    const body = { model: 'stand-in-2030', messages: [{ role: 'user', content: 'quokka?' }] };
    return spanCall(deployment, PATH, () =>
      attempt(network, {
        deployment,
        path: PATH,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(body)),
        signal: new AbortController().signal,
        timeoutMs: 10_000,
      }),
    );
  };
  const answered = (outcome: Outcome) => {
    if (outcome.kind !== 'answer') throw new Error(`no answer: ${outcome.kind}`);
    return outcome.response;
  };

  it('ends with the answer, and says which model has answered and what it has used', async () => {
    const response = answered(await call());
    const meter = new AnswerMeter({
      contentType: 'application/json',
      contentEncoding: undefined,
      hidesUsage: false,
    });
    for await (const bytes of response.body) meter.take(bytes as Buffer);
    expect(record.spans).toEqual([]);
    endCallSpan(response, meter.result(), 'complete');
    endCallSpan(response, meter.result(), 'complete');
    expect(record.spans).toMatchObject([{ name: 'chat stand-in-2030', kind: SpanKind.CLIENT }]);
    expect(record.spans[0]!.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'stand-in-2030',
      'gen_ai.response.id': 'stand-in',
      'gen_ai.response.model': 'stand-in-2030',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': 7,
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(provider.baseUrl).port),
      'zerorouter.deployment': 'dep_1',
    });
  });

  it('leaves out what an answer has not told, and says how it broke off', async () => {
    const response = answered(await call());
    response.body.once('error', () => undefined).destroy();
    endCallSpan(response, SILENT, 'broken');
    const { attributes } = record.spans.at(-1)!;
    expect(attributes).toMatchObject({ 'error.type': 'broken' });
    expect(Object.keys(attributes).filter((name) => /gen_ai\.(response|usage)/.test(name))).toEqual(
      [],
    );
  });

  it('ends with the failure where there is no answer, and tells no words and no keys', async () => {
    expect(await call()).toMatchObject({ kind: 'failed' });
    expect(record.spans.at(-1)!.attributes).toMatchObject({
      'http.response.status_code': 500,
      'error.type': '500',
    });
    const told = JSON.stringify(record.spans.map(({ name, attributes }) => [name, attributes]));
    expect(told).not.toMatch(/quokka|sk-canary/);
  });
});
