import { describe, expect, it } from '@jest/globals';
import { gradeAnswer } from './grade-answer.js';
import type { Grader } from './grader-schema.js';

const grader: Grader = {
  kind: 'choice',
  letter: 'B',
  options: ['London', 'Paris', 'The city of Rome', 'Rome'],
};

const right = [
  'B',
  'b',
  '(B)',
  'B.',
  'B)',
  '**B**',
  '**B.** Paris',
  'B) Paris',
  'B: Paris',
  'B - Paris',
  'B Paris',
  'Paris',
  'Paris.',
  'Answer: B',
  '**Answer: B**',
  '**Answer:** B) Paris',
  'Answer: (B)',
  'Answer: option B',
  'Final answer: B',
  'The answer is (B).',
  'The answer is B because it lies on the Seine.',
  'The correct answer is **B. Paris**.',
  'The correct option is B.',
  'The correct answer is Paris.',
  '\\boxed{B}',
  '$\\boxed{\\text{B}}$',
  '\\boxed{\\text{(B) Paris}}',
  '<answer>B</answer>',
  '{"answer": "B"}',
  'Option B',
  'Option B is correct.',
  'I would choose B.',
  'A is in England, C and D are in Italy. So it must be B.',
  'London is wrong. Rome is wrong. Therefore, the answer is Paris.',
  'A) London: no.\nB) Paris: yes.\nC) The city of Rome: no.\nD) Rome: no.\n\nAnswer: B',
  'B\n\nExplanation: A is in England, and D is in Italy.',
  'B. Paris\n\nA is in England.',
  'Answer: A. Wait, that is wrong. Answer: B',
  'The answer is not A; the answer is B.',
  'Not A. The right choice is B.',
  '<think>A? The answer is A</think>B',
];
const wrong = [
  'A',
  'C',
  'D) Rome',
  'Rome',
  'E',
  'Answer: A',
  'Answer: B or C',
  'Answer: B and C',
  'Answer: B/C',
  'Answer: B, C',
  'Answer: A, B, C, D',
  'B) London',
  'Answer: B. Rome',
  'Answer: B\nAnswer: C',
  'Answer: C\nAnswer: B',
  'The answer is B. The answer is C.',
  'Answer: B. Actually, I made a mistake: the answer is C.',
  'Paris is tempting, but the answer is Rome.',
  'The answer is the city of Rome, not Paris.',
  'B looks right, but the answer is C.',
  'The answer is (C), since B is wrong.',
  '\\boxed{B} or \\boxed{C}',
];
const ungradable = [
  '',
  'I am not sure.',
  'A good question! A city lies on a river.',
  'A) London\nB) Paris\nC) The city of Rome\nD) Rome',
  'It is not B.',
];

describe('choice grading', () => {
  it.each(right)('takes %j for right', async (reply) => {
    expect(await gradeAnswer(grader, reply)).toMatchObject({ score: 1, gradable: true });
  });
  it.each(wrong)('takes %j for wrong', async (reply) => {
    expect(await gradeAnswer(grader, reply)).toMatchObject({ score: 0, gradable: true });
  });
  it.each(ungradable)('cannot grade %j', async (reply) => {
    expect(await gradeAnswer(grader, reply)).toMatchObject({ score: 0, gradable: false });
  });
});
