import { describe, expect, it } from '@jest/globals';
import { decisionSchema } from '../../packages/contracts/dist/index.js';
import { sharedClient } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';

const client = sharedClient();
const QUERY = 'A train leaves at 9:40 and arrives at 13:05. How long is the journey in minutes?';

describe('POST /v1/route', () => {
  it('answers with everything that is documented, and nothing impossible', async () => {
    const answer = await client.post('/v1/route', { query: QUERY });
    const decision = await client.route({ query: QUERY });
    expect(answer.status).toBe(200);
    const headers = answer.headers;
    expect(headers.get('x-zerorouter-decision-id')).toMatch(/.+/);
    expect(headers.get('x-zerorouter-model')).toBe(decision.model);
    expect(headers.get('x-zerorouter-policy')).toBe(decision.policy);

    expect(decision.candidates.length).toBeGreaterThan(5);
    for (const candidate of decision.candidates) {
      const [low, high] = candidate.interval;
      expect(candidate.p_correct).toBeGreaterThan(0);
      expect(candidate.p_correct).toBeLessThan(1);
      expect(low).toBeLessThan(candidate.p_correct);
      expect(high).toBeGreaterThan(candidate.p_correct);
      expect(candidate.cost_usd ?? 0).toBeGreaterThanOrEqual(0);
    }
    const names = decision.candidates.map(({ model }) => model);
    expect(new Set(names).size).toBe(names.length);
    const eligible = decision.candidates.filter(({ excluded }) => excluded === undefined);
    expect([decision.model, ...decision.fallbacks]).toEqual(eligible.map(({ model }) => model));
    // The first dimension is general ability; the facets after it have either sign.
    expect(decision.query.discrimination[0]).toBeGreaterThan(0);
    expect(decision.query.tokens).toBeGreaterThan(5);
    expect(decision.query.tokens).toBeLessThan(200);
    expect(decision.query.in_domain).toBeGreaterThanOrEqual(0);
    expect(decision.query.in_domain).toBeLessThanOrEqual(1);
    expect(decision.reason).toContain('P(correct)');
    expect(decision.overhead_ms).toBeGreaterThan(0);
  });

  it('admits to the guaranteed tier by the thresholds of the space, not by the bare bound', async () => {
    const decision = await client.route({ query: QUERY, constraints: { min_accuracy: 0.7 } });
    const low = (name: string) =>
      decision.candidates.find(({ model }) => model === name)!.interval[0];
    const admitted = [decision.model, ...decision.fallbacks].map(low);
    const refused = decision.candidates
      .filter(({ excluded }) => excluded?.includes('needed for min_accuracy 0.7'))
      .map(({ model }) => low(model));
    expect(Math.min(...admitted)).toBeLessThan(0.7);
    expect(refused.length).toBeGreaterThan(0);
    expect(Math.max(...refused)).toBeLessThan(Math.min(...admitted));
  });

  it('stores the decision, without the text, before it answers', async () => {
    const decision = await client.route({ query: `${QUERY} Think.`, policy: 'min-cost' });
    const answer = await client.get(`/v1/decisions/${decision.decision_id}`);
    expect(answer.status).toBe(200);
    const stored = decisionSchema.parse(answer.body);
    expect(stored).toMatchObject({
      decision_id: decision.decision_id,
      model: decision.model,
      policy: 'min-cost',
      reason: decision.reason,
      space_version: decision.space_version,
      query: decision.query,
    });
    // Stored at six digits.
    stored.candidates.forEach((candidate, i) => {
      expect(candidate.model).toBe(decision.candidates[i]?.model);
      expect(candidate.p_correct).toBeCloseTo(decision.candidates[i]?.p_correct ?? NaN, 5);
      expect(candidate.excluded).toBe(decision.candidates[i]?.excluded);
    });
    expect(stored.text_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(stored.profile_versions)).toHaveLength(decision.candidates.length);
    expect(JSON.stringify(answer.body)).not.toContain('train leaves');
    expectProblem(await client.get('/v1/decisions/none-such'), 404);
  });

  it('weighs accuracy, cost and latency as it is told', async () => {
    const query = 'Write a short poem about the sea.';
    const best = await client.route({ query, policy: 'max-accuracy' });
    const cheap = await client.route({ query, policy: 'min-cost' });
    const by = (model: string, decision: typeof best) =>
      decision.candidates.find((candidate) => candidate.model === model);
    const highest = Math.max(...best.candidates.map(({ p_correct }) => p_correct));
    expect(by(best.model, best)?.p_correct).toBeGreaterThan(highest - 0.02);
    expect(by(cheap.model, cheap)?.cost_usd ?? Infinity).toBeLessThanOrEqual(
      by(best.model, best)?.cost_usd ?? 0,
    );
    const weighted = await client.route({
      query,
      policy: { weights: { accuracy: 1, cost: 0, latency: 0 } },
    });
    expect(weighted.model).toBe(best.model);
    const dialled = await client.route({ query, policy: { dial: 1 } });
    expect(dialled.model).toBe(best.model);
  });

  it('chooses among the admitted models and says why the others are out', async () => {
    const all = await client.route({ query: QUERY });
    const [first, second] = all.candidates.map(({ model }) => model).reverse();
    const decision = await client.route({ query: QUERY, models: [first, second] });
    expect([first, second]).toContain(decision.model);
    expect(decision.candidates).toHaveLength(all.candidates.length);
    for (const { model, excluded } of decision.candidates) {
      expect(excluded === undefined).toBe(model === first || model === second);
    }

    const limit = Math.max(...all.candidates.map(({ cost_usd }) => cost_usd ?? 0)) / 2;
    const limited = await client.route({ query: QUERY, constraints: { max_cost_usd: limit } });
    for (const { cost_usd, excluded } of limited.candidates) {
      expect(excluded === undefined).toBe(cost_usd !== null && cost_usd <= limit);
    }
  });

  it('reads the whole conversation, not its last turn alone', async () => {
    const last = { role: 'user', content: 'Please answer now.' };
    const ask = (first: string, more: Record<string, unknown> = {}) =>
      client.route({ messages: [{ role: 'user', content: first }, last], ...more });
    const easy = await ask('What is 2 + 2?');
    const hard = await ask(
      'Prove that every bounded sequence of reals has a convergent subsequence.',
    );
    const ruled = await ask('What is 2 + 2?', { system: 'Answer in formal logic only.' });
    const tooled = await ask('What is 2 + 2?', {
      tools: [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }],
    });
    const difficulties = [easy, hard, ruled, tooled].map(({ query }) => query.difficulty);
    expect(new Set(difficulties).size).toBe(4);
  });

  it('explains a forecast by its latent axes when asked', async () => {
    const { explanation, candidates } = await client.route({ query: QUERY, explain: true });
    expect(explanation?.candidates).toHaveLength(candidates.length);
    for (const { contributions, logit } of explanation?.candidates ?? []) {
      const sum = contributions.reduce((total, term) => total + term, 0);
      expect(logit).toBeCloseTo(sum - (explanation?.difficulty ?? 0), 6);
    }
  });

  it('answers the same text with the same latents, from the cache or not', async () => {
    const query = 'Name the capital of Mongolia, and two cities near it.';
    const answers = await Promise.all([1, 2, 3, 4].map(() => client.route({ query })));
    answers.push(await client.route({ query }));
    for (const answer of answers) {
      expect(answer.query).toEqual(answers[0]?.query);
      expect(answer.candidates).toEqual(answers[0]?.candidates);
    }
    expect(new Set(answers.map(({ decision_id }) => decision_id)).size).toBe(answers.length);
  });
});
