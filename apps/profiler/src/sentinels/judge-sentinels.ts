import type { ModelProfile } from '@zerorouter/contracts';
import type { AlertStore, JsonObject, StoredModel } from '@zerorouter/database';
import type { Random } from '@zerorouter/latent-space';
import { testSentinels } from '@zerorouter/learning';
import type { SentinelAnswer } from './ask-sentinels-of.js';

/** A model that is what its profile says raises an alert once in a thousand slots. */
const LEAST_P_VALUE = 0.001;

/** Tests a model's answers against its profile and raises an alert where they do not fit. @returns what to keep. */
export async function judgeSentinels(
  alerts: Pick<AlertStore, 'create'>,
  model: Pick<StoredModel, 'id' | 'name'>,
  profile: ModelProfile,
  answers: readonly SentinelAnswer[],
  random: Random,
): Promise<JsonObject> {
  const scores = answers.map(({ anchor, score }) => ({ anchor: anchor.id, score }));
  if (answers.length === 0) return { answers: scores };
  const test = testSentinels(
    profile.ability,
    answers.map(({ anchor, score }) => ({ item: anchor, score })),
    random,
  );
  const result = {
    answers: scores,
    expected: test.expected,
    observed: test.observed,
    shift: [...test.shift],
    distance: test.distance,
    p_value: test.pValue,
  };
  if (test.pValue <= LEAST_P_VALUE)
    await alerts.create({
      kind: 'sentinel-drift',
      modelId: model.id,
      message: `${model.name} scored ${percent(test.observed)} on ${answers.length} sentinel anchors where its profile implies ${percent(test.expected)} (p = ${test.pValue.toPrecision(2)}): POST /admin/v1/models/${model.id}/onboardings measures it again`,
      evidence: result,
    });
  return result;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}
