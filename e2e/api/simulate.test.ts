import { beforeAll, describe, expect, it } from '@jest/globals';
import { replaySchema, simulateResponseSchema } from '../../packages/contracts/dist/index.js';
import { prepared, sharedClient } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';

const { adminKey } = prepared();
const client = sharedClient();

describe('stored decisions', () => {
  const ids: string[] = [];

  beforeAll(async () => {
    for (let i = 0; i < 12; i += 1) {
      const answer = await client.route({
        query: `Question ${i}: why is ${i * 31} ${i % 2 === 0 ? 'even' : 'odd'}?`,
        ...(i % 3 === 0 ? { models: ['openai/*'], policy: 'max-accuracy' } : {}),
        ...(i % 4 === 0 ? { constraints: { max_cost_usd: 0.01 }, max_tokens: 100 } : {}),
      });
      ids.push(answer.decision_id);
    }
  });

  it('are replayed to the same candidates and the same choice', async () => {
    for (const id of ids) {
      const answer = await client.get(`/admin/v1/decisions/${id}/replay`, adminKey);
      const replay = replaySchema.parse(answer.body);
      expect(replay).toMatchObject({ decision_id: id, same: true, differences: [] });
    }
    expectProblem(await client.get('/admin/v1/decisions/dec_none/replay', adminKey), 404);
    expectProblem(await client.get(`/admin/v1/decisions/${ids[0]}/replay`), 401);
  });

  it('say what another set of models, another price or another policy would do', async () => {
    const ask = async (changes: Record<string, unknown>) => {
      const answer = await client.post('/admin/v1/simulate', { limit: 12, ...changes }, adminKey);
      expect([answer.status, answer.body]).toMatchObject([200, {}]);
      return simulateResponseSchema.parse(answer.body);
    };
    const { baseline, decisions } = await ask({});
    expect(decisions).toBe(12);
    const [most] = Object.keys(baseline.models);
    const without = await ask({ remove: [most] });
    expect(without.scenario.models).not.toHaveProperty([most!]);
    expect(without.baseline).toEqual(baseline);
    const thrifty = await ask({ policy: 'min-cost' });
    expect(thrifty.scenario.cost_usd).toBeLessThanOrEqual(baseline.cost_usd);
    expectProblem(await client.post('/admin/v1/simulate', { remove: ['none'] }, adminKey), 422);
    expectProblem(await client.post('/admin/v1/simulate', { drop: ['x'] }, adminKey), 400);
  });
});
