import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredAnchor } from '@zerorouter/database';
import { enableTracing, SpanKind } from '@zerorouter/platform';
import { ProviderNetwork } from '@zerorouter/providers';
import { startStandInProvider } from '../../../../e2e/stand-in/stand-in-provider.js';
import type { StandInProvider } from '../../../../e2e/stand-in/stand-in-provider.js';
import { recordSpans } from '../../../../packages/platform/test/record-spans.js';
import type { SpanRecord } from '../../../../packages/platform/test/record-spans.js';
import { AnchorAsker } from './ask-anchors.js';
import { SpendCap } from './spend-cap.js';

const PROMPT = 'quokka-prompt-words';
const ANSWER = 'quokka-answer-words';
const ANCHOR: StoredAnchor = {
  id: 'a1',
  text: PROMPT,
  domain: 'words',
  grader: { kind: 'regex', pattern: ANSWER },
  discrimination: [1],
  difficulty: 0,
  difficultyVariance: 0.1,
  logOutputTokens: 2,
};

describe('spans of calls to a model that is measured', () => {
  const network = new ProviderNetwork({ allowPrivate: true });
  let provider: StandInProvider;
  let record: SpanRecord;
  beforeAll(async () => {
    provider = await startStandInProvider({
      answer: () => ({ text: ANSWER, outputTokens: 7 }),
      faults: [{ kind: 'unauthorized', calls: [2] }],
    });
    record = recordSpans(enableTracing);
  });
  afterAll(async () => {
    await record.stop();
    await network.close();
    await provider.close();
  });

  const nowhere = () => Promise.resolve();
  const asker = () =>
    new AnchorAsker(
      {
        onboardingId: 'onb_1',
        deployments: [
          {
            id: 'dep_1',
            baseUrl: provider.baseUrl,
            upstreamModel: 'stand-in',
            authHeader: null,
            apiKey: 'sk-canary-0123456789',
          },
        ],
        maxTokens: 100,
        timeoutMs: 5_000,
        parameters: {},
        prices: null,
      },
      new SpendCap(null, 0),
      network,
      { reserve: nowhere, settle: nowhere, conclude: nowhere },
      () => 0.5,
    );
  const { signal } = new AbortController();

  it('say who was asked and what it has used', async () => {
    expect(await asker().ask(ANCHOR, 0, signal)).toMatchObject({ score: 1 });
    const [span] = record.spans;
    expect(span).toMatchObject({ name: 'chat stand-in', kind: SpanKind.CLIENT });
    expect(span!.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'stand-in',
      'gen_ai.response.id': 'stand-in',
      'gen_ai.response.model': 'stand-in',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': 7,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(provider.baseUrl).port),
      'zerorouter.deployment': 'dep_1',
    });
  });

  it('say how a call failed', async () => {
    await expect(asker().ask(ANCHOR, 1, signal)).rejects.toMatchObject({
      code: 'deployment-unusable',
    });
    expect(record.spans[1]!.attributes).toMatchObject({
      'gen_ai.request.model': 'stand-in',
      'http.response.status_code': 401,
      'error.type': '401',
    });
  });

  it('hold neither prompts nor answers nor keys', () => {
    expect(record.spans).toHaveLength(2);
    const told = JSON.stringify(
      record.spans.map(({ name, attributes, events, status }) => [
        name,
        attributes,
        events,
        status,
      ]),
    );
    for (const secret of [PROMPT, ANSWER, 'sk-canary']) expect(told).not.toContain(secret);
  });
});
