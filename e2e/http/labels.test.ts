import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  labelPageSchema,
  labelsResponseSchema,
  labelSuggestionsSchema,
} from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';

const { adminKey } = prepared();

describe('labels', () => {
  let own: OwnStack;
  const ids: string[] = [];

  beforeAll(async () => {
    own = await bootOwnStack();
    for (let i = 0; i < 40; i += 1) {
      const query = `Question ${i}: ${'and then '.repeat(i % 7)}why is ${i * 31} ${i % 2 === 0 ? 'even' : 'odd'}?`;
      const { decision_id: id } = await own.client.route({ query }, adminKey);
      ids.push(id);
    }
    // Another caller's.
    await own.client.route({ query: 'Nobody asks for this one.' });
  });
  afterAll(() => own.stop());

  const suggest = async (request: Record<string, unknown> = {}) => {
    const answer = await own.client.post('/admin/v1/labels/suggestions', request, adminKey);
    expect([answer.status, answer.body]).toMatchObject([200, {}]);
    return labelSuggestionsSchema.parse(answer.body);
  };
  const grade = (labels: unknown) => own.client.post('/admin/v1/labels', { labels }, adminKey);

  it('name the caller’s own queries, are learnt once, and tell the regret they removed', async () => {
    const { suggestions, decisions } = await suggest({ limit: 10, policy: 'max-accuracy' });
    expect(decisions).toBe(40);
    expect(suggestions.length).toBe(10);
    for (const { decision_id: id, expected_gain: gain } of suggestions) {
      expect(ids).toContain(id);
      expect(gain).toBeGreaterThan(0);
    }
    const labels = suggestions.map(({ decision_id, model }, i) => ({
      decision_id,
      model,
      score: i % 2,
    }));
    const answer = labelsResponseSchema.parse((await grade(labels)).body);
    expect(answer.traffic).toBe(40);
    expect(answer.labels.map(({ created }) => created)).toEqual(labels.map(() => true));
    expect(answer.total.regret_before).toBeGreaterThan(0);
    expect(answer.labels.at(-1)!.effect.regret_after).toBe(answer.total.regret_after);
    expect(answer.total.gain).toBeGreaterThanOrEqual(0);

    const again = labelsResponseSchema.parse((await grade(labels)).body);
    expect(again.labels.map(({ created }) => created)).toEqual(labels.map(() => false));
    expect(again.total.regret_removed).toBe(0);

    const { data } = labelPageSchema.parse(
      (await own.client.get('/admin/v1/labels?limit=100', adminKey)).body,
    );
    expect(data.length).toBe(10);
    const graded = new Set(labels.map(({ decision_id, model }) => `${decision_id} ${model}`));
    const next = await suggest({ limit: 40, policy: 'max-accuracy' });
    for (const { decision_id: id, model } of next.suggestions)
      expect(graded).not.toContain(`${id} ${model}`);
  });

  it('refuse what cannot be learnt, and whom it is not for', async () => {
    const { suggestions } = await suggest({ limit: 1 });
    const [{ decision_id, model }] = suggestions as [(typeof suggestions)[number]];
    const label = { decision_id, model, score: 1 };
    expectProblem(await grade([{ ...label, decision_id: 'dec_none' }]), 404);
    expectProblem(await grade([{ ...label, model: 'none' }]), 422);
    expectProblem(await grade([{ ...label, score: 2 }]), 400);
    expectProblem(await grade([label, label]), 400);
    expectProblem(await grade([]), 400);
    expect((await grade([label])).status).toBe(200);
    expectProblem(await grade([{ ...label, score: 0 }]), 409);
    expectProblem(await own.client.post('/admin/v1/labels', { labels: [label] }), 401);
    expectProblem(await own.client.post('/admin/v1/labels/suggestions', {}), 401);
    expectProblem(
      await own.client.post('/admin/v1/labels/suggestions', { policy: 'none' }, adminKey),
      422,
    );
    expect(await suggest({ since: '2999-01-01T00:00:00Z' })).toMatchObject({
      decisions: 0,
      suggestions: [],
    });
    expect((await suggest({ key_id: 'key_none' })).decisions).toBe(0);
  });
});
