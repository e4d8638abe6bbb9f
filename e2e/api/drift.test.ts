import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adminModelSchema,
  onboardingListSchema,
  type AdminModel,
} from '../../packages/contracts/dist/index.js';
import { DriftStack, REPROFILE_MAX_COST_USD } from '../stack/drift-stack.js';

describe('a model whose ability falls', () => {
  let stack: DriftStack;
  beforeAll(async () => {
    stack = await DriftStack.boot();
  });
  afterAll(() => stack.stop());

  const read = async (): Promise<AdminModel> =>
    adminModelSchema.parse(await stack.get(`models/${stack.modelId}`));
  const total = ({ ability: { mean } }: AdminModel) => mean.reduce((sum, one) => sum + one, 0);

  it('is noticed, measured again by itself, and keeps its place with a lower ability', async () => {
    const { modelId, first } = stack;
    const able = first.result!;
    const before = await read();

    const alert = await stack.fall();
    expect(alert).toMatchObject({ model_id: modelId, evidence: { observed: 0 } });
    const again = await stack.ended(alert.reprofiling!.onboarding_id);
    expect(again).toMatchObject({
      state: 'succeeded',
      settings: { cause: 'drift', max_cost_usd: REPROFILE_MAX_COST_USD },
      result: { held: null, state: 'active' },
    });
    expect(again.cost_usd).toBeLessThanOrEqual(REPROFILE_MAX_COST_USD);
    expect(again.result!.expected_accuracy.value).toBeLessThan(able.expected_accuracy.value - 0.3);

    const after = await read();
    expect(after.state).toBe('active');
    expect(after.version).toBeGreaterThan(before.version);
    expect(total(after)).toBeLessThan(total(before));
    expect(await stack.alert()).toMatchObject({
      id: alert.id,
      resolved_at: expect.any(String),
      reprofiling: { onboarding_id: again.id, state: 'succeeded', kept: null },
    });
    const runs = onboardingListSchema.parse(
      await stack.get(`onboardings?model_id=${modelId}`),
    ).data;
    expect(runs.map((run) => run.id)).toEqual([again.id, first.id]);
  });
});
