import type { EvaluationData } from '../evaluation-data.js';

/**
 * Who stands for a subject in a calibration: the subject itself where it was learnt from, else the
 * same model's subjects of other data sets; nobody when there is none.
 */
export function standIns(
  data: EvaluationData,
  subject: number,
  training: Uint8Array,
  seen: Uint8Array,
): number[] {
  const learnt = (s: number) =>
    seen[s] === 1 && data.answers[s]!.query.some((q) => training[q] === 1);
  if (learnt(subject)) return [subject];
  const { identity } = data.subjects[subject]!;
  return data.subjects.flatMap((other, s) => (other.identity === identity && learnt(s) ? [s] : []));
}
