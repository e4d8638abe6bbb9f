import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatStack, CHEAP, DEAR, POLICY } from '../stack/chat-stack.js';

type Turn = { role: 'system' | 'user' | 'assistant'; content: string };
const user = (content: string): Turn => ({ role: 'user', content });

/** Long enough for its cached part to weigh. */
const RULES: Turn = { role: 'system', content: 'Answer in rhymes. '.repeat(400) };

describe('a conversation', () => {
  let chat: ChatStack;
  beforeAll(async () => {
    chat = await ChatStack.boot({ SESSION_TTL_S: '15' });
    await price(CHEAP, 1);
    await price(DEAR, 1.2);
  });
  afterAll(() => chat.stop());

  /** USD per million tokens in; cached ones cost a tenth. */
  const price = async (model: string, input: number) => {
    const prices = { input_per_mtok: input, output_per_mtok: 1, cached_input_per_mtok: input / 10 };
    const path = `models/${encodeURIComponent(model)}`;
    expect((await chat.admin('PATCH', path, { prices })).status).toBe(200);
    await sleep(1_000);
  };
  const ask = async (messages: Turn[], model = POLICY, more: object = {}) => {
    const answer = await chat.post({ model, messages, ...more });
    expect(answer.status).toBe(200);
    return { by: answer.headers.get('x-zerorouter-model'), ...(await chat.decisionOf(answer)) };
  };

  it('stays where its prompt is cached while that outweighs the cheaper model', async () => {
    const opening = [RULES, user('Which river flows through Vienna?')];
    const second = [
      ...opening,
      { role: 'assistant', content: 'The Danube.' } as Turn,
      user('And Graz?'),
    ];
    expect(await ask(opening)).toMatchObject({ by: CHEAP });
    await price(CHEAP, 1.5);
    const kept = await ask(second);
    expect(kept).toMatchObject({ by: CHEAP, session: { model: CHEAP } });
    expect(kept.session!.seen_tokens).toBeGreaterThan(1_000);
    expect(kept.reason).toMatch(/kept on acme\/cheap, since \d+ tokens .* without them acme\/dear/);
    const cost = (name: string) => kept.candidates.find(({ model }) => model === name)!.cost_usd!;
    expect(cost(CHEAP)).toBeLessThan(cost(DEAR) / 3);
    const { body } = await chat.admin('GET', `decisions/${kept.decision_id}/replay`);
    expect(body).toMatchObject({ same: true, to_the_bit: true, differences: [] });
    // Another conversation, another tier and another key know nothing of it.
    expect(await ask([RULES, user('Which river flows through Graz?')])).toMatchObject({ by: DEAR });
    const tier = await ask(second, 'zerorouter/max-accuracy');
    expect(tier.session).toBeUndefined();
    // When the provider has forgotten it, it moves.
    await sleep(15_500);
    expect(await ask(second)).toMatchObject({ by: DEAR });
    await price(CHEAP, 1);
  });

  it('goes by the id that the client gives', async () => {
    const said = { zerorouter: { session_id: 'talk' } };
    const first = [user('Name a river. '.repeat(300))];
    expect(await ask(first, POLICY, said)).toMatchObject({ by: CHEAP });
    await price(CHEAP, 1.5);
    const grown = [user('Name a lake. '.repeat(400))];
    expect(await ask(grown, POLICY, said)).toMatchObject({ by: CHEAP, session: { model: CHEAP } });
    expect((await ask(grown, POLICY, { zerorouter: { session_id: 'walk' } })).by).toBe(DEAR);
    await price(CHEAP, 1);
  });

  it('stays on the model that has answered, not on the one that failed', async () => {
    const opening = [RULES, user('Which lake lies by Bregenz?')];
    chat.cheap.script = (response) => response.writeHead(503).end();
    expect(await ask(opening)).toMatchObject({ model: CHEAP, by: DEAR });
    chat.mend();
    const second = [
      ...opening,
      { role: 'assistant', content: 'Constance.' } as Turn,
      user('And Graz?'),
    ];
    expect(await ask(second)).toMatchObject({ by: DEAR, session: { model: DEAR } });
  });
});
