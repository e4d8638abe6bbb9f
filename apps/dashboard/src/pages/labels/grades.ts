import type { LabelsRequest, LabelsResponse } from '@zerorouter/contracts';
import { formatCount, formatNumber } from '../../format/format.js';

/** What was chosen for each suggestion: a score as text, or nothing for one that is skipped. */
export type Grades = Readonly<Record<string, string>>;

interface Graded {
  decision_id: string;
  model: string;
}

export const gradeKey = ({ decision_id, model }: Graded): string =>
  JSON.stringify([decision_id, model]);

export function toLabels(grades: Grades): LabelsRequest['labels'] {
  return Object.entries(grades)
    .filter(([, score]) => score !== '')
    .map(([key, score]) => {
      const [decision_id, model] = JSON.parse(key) as [string, string];
      return { decision_id, model, score: Number(score) };
    });
}

/** What grades have changed, in words. */
export function describeEffect({ labels, total, traffic }: LabelsResponse): string {
  const learnt = labels.filter(({ created }) => created).length;
  const removed = total.regret_removed;
  return `${formatCount(learnt)} ${learnt === 1 ? 'grade was' : 'grades were'} learnt from. On ${formatCount(traffic)} recent queries the regret expected of a decision ${removed >= 0 ? 'fell' : 'rose'} by ${formatNumber(Math.abs(removed))} to ${formatNumber(total.regret_after)}.`;
}
