import type { Ability } from '../response-model/response-model.js';

/** One calibrated subject: a model under the harness of one source. */
export interface HarnessedAbility {
  readonly group: number;
  readonly source: number;
  readonly ability: Ability;
}

/** Weight, in subjects, of the priors that keep group and source effects near 0. */
const RIDGE = 0.5;

/**
 * One ability per model from its subjects. The same model answers differently under each harness, and
 * every source has a level of its own, so subjects are split additively,
 *   θ_subject = μ + γ_group + δ_source + ε,
 * by ridged alternating means. A model's joint ability is μ + γ + the mean of δ over sources; its
 * covariance holds the subjects' own, shared out, and the harness variance Var(ε) + Var(δ) that any
 * further harness will bring.
 */
export function joinSubjects(
  subjects: readonly HarnessedAbility[],
  groups: number,
  sources: number,
  iterations = 50,
): Ability[] {
  const dimensions = subjects[0].ability.mean.length;
  const joint = Array.from({ length: groups }, () => ({
    mean: new Array<number>(dimensions).fill(0),
    covariance: new Array<number>(dimensions * dimensions).fill(0),
  }));
  const counts = new Array<number>(groups).fill(0);
  for (const { group } of subjects) counts[group]++;

  for (let k = 0; k < dimensions; k++) {
    const theta = subjects.map(({ ability }) => ability.mean[k]);
    const mu = theta.reduce((sum, value) => sum + value, 0) / theta.length;
    const gamma = new Array<number>(groups).fill(0);
    const delta = new Array<number>(sources).fill(0);
    for (let iteration = 0; iteration < iterations; iteration++) {
      ridgedMeans(
        subjects,
        (s) => s.group,
        gamma,
        (s, i) => theta[i] - mu - delta[s.source],
      );
      ridgedMeans(
        subjects,
        (s) => s.source,
        delta,
        (s, i) => theta[i] - mu - gamma[s.group],
      );
    }
    const level = mu + delta.reduce((sum, value) => sum + value, 0) / sources;
    const residual =
      subjects.reduce(
        (sum, { group, source }, i) => sum + (theta[i] - mu - gamma[group] - delta[source]) ** 2,
        0,
      ) / subjects.length;
    const harness = residual + delta.reduce((sum, value) => sum + value ** 2, 0) / sources;
    for (let g = 0; g < groups; g++) {
      joint[g].mean[k] = level + gamma[g];
      joint[g].covariance[k * dimensions + k] += harness / Math.max(1, counts[g]);
    }
  }
  for (const { group, ability } of subjects)
    for (let j = 0; j < ability.covariance.length; j++)
      joint[group].covariance[j] += ability.covariance[j] / counts[group] ** 2;
  return joint;
}

function ridgedMeans(
  subjects: readonly HarnessedAbility[],
  keyOf: (subject: HarnessedAbility) => number,
  target: number[],
  residual: (subject: HarnessedAbility, index: number) => number,
): void {
  const sum = new Array<number>(target.length).fill(0);
  const count = new Array<number>(target.length).fill(RIDGE);
  subjects.forEach((subject, i) => {
    sum[keyOf(subject)] += residual(subject, i);
    count[keyOf(subject)]++;
  });
  for (let g = 0; g < target.length; g++) target[g] = sum[g] / count[g];
}
