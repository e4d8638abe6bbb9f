import { describe, expect, it } from '@jest/globals';
import { gradeAnswer } from './grade-answer.js';
import type { Grader } from './grader-schema.js';

const word: Grader = { kind: 'exact', value: 'xbq-7' };
const phrase: Grader = { kind: 'exact', value: 'the red fox', accept: ['a red fox'] };
const output: Grader = { kind: 'exact', value: '[1, 2, 3]', caseSensitive: true };
const cased: Grader = { kind: 'exact', value: 'aBc', caseSensitive: true };
const name: Grader = { kind: 'exact', value: 'Carol', among: ['Alice', 'Bob', 'Carol'] };
const list: Grader = { kind: 'exact', value: 'Ann, Bob, Cy', form: 'list' };
const order: Grader = {
  kind: 'exact',
  value: 'Ann, Bob, Cy',
  form: 'list',
  among: ['Ann', 'Bob', 'Cy'],
};
const set: Grader = { kind: 'exact', value: 'Ann, Cy', form: 'set', among: ['Ann', 'Bob', 'Cy'] };
const date: Grader = { kind: 'exact', value: '2027-03-05', form: 'date' };
const clock: Grader = { kind: 'exact', value: '14:35', form: 'clock' };

const right: [Grader, string][] = [
  [word, 'xbq-7'],
  [word, 'XBQ-7.'],
  [word, '"xbq-7"'],
  [word, '`xbq-7`'],
  [word, 'Answer: **xbq-7**'],
  [word, 'Reversing gives the string.\n\nAnswer: `xbq-7`'],
  [word, 'The answer is "xbq-7".'],
  [word, 'The answer is xbq-7, which has five characters.'],
  [word, 'The result is easy to find.\n\n**Answer:** xbq-7'],
  [word, 'Step 1 gives 7-qbx.\nStep 2 gives **xbq-7**.'],
  [word, 'Here is the result:\n```\nxbq-7\n```'],
  [word, '\\boxed{\\text{xbq-7}}'],
  [word, 'xbq-7\n\nExplanation: I reversed the string.'],
  [word, 'Answer: xbq-7\n\nThe result is a palindrome of nothing in particular.'],
  [phrase, 'Result: the red fox'],
  [phrase, 'The output is:\n```\nthe red fox\n```\n\nExplanation: foxes are red.'],
  [phrase, 'The red fox\n\nExplanation: it was the only red animal.'],
  [phrase, 'Answer: the red fox\n\nThe answer is a nice animal.'],
  [phrase, 'Answer: The red fox.'],
  [phrase, 'A red fox'],
  [phrase, 'Final answer: "the red fox"'],
  [output, '[1, 2, 3]'],
  [output, '```\n[1, 2, 3]\n```'],
  [output, 'It prints `[1, 2, 3]`.'],
  [output, 'Answer: [1, 2, 3]'],
  [cased, 'Answer: aBc'],
  [name, 'Carol'],
  [name, 'carol.'],
  [name, 'Answer: Carol'],
  [name, 'Alice has the dog, Bob the fish. So Carol owns the cat.'],
  [name, 'The answer is Carol, because Bob has the fish.'],
  [name, 'It is not Alice. It is not Bob either. The owner must be **Carol**.'],
  [name, 'The answer is not Bob but Carol.'],
  [list, 'Ann, Bob, Cy'],
  [list, 'Ann, Bob, and Cy'],
  [list, 'Answer: [Ann, Bob, Cy]'],
  [list, 'Answer: Ann → Bob → Cy'],
  [list, 'Answer:\n1. Ann\n2. Bob\n3. Cy'],
  [list, '1. Ann\n2. Bob\n3. Cy'],
  [list, '- Ann\n- Bob\n- Cy'],
  [list, 'Answer: Ann > Bob > Cy'],
  [list, 'Answer: ["Ann", "Bob", "Cy"]'],
  [order, 'From left to right: Ann, Bob, Cy.'],
  [order, 'Bob cannot be first.\n\nAnswer: Ann (1), Bob (2), Cy (3)'],
  [order, '\\boxed{\\text{Ann, Bob, Cy}}'],
  [set, 'Cy and Ann'],
  [set, 'Answer: Ann, Cy'],
  [set, 'Answer: Ann and Cy. Bob is not one of them.'],
  [date, '2027-03-05'],
  [date, 'Answer: March 5, 2027'],
  [date, 'The answer is 5 March 2027.'],
  [date, 'Friday, March 5th, 2027'],
  [date, '**2027-03-05**'],
  [clock, '14:35'],
  [clock, 'Answer: 2:35 PM'],
  [clock, 'Answer: 14:35 (2:35 p.m.)'],
  [clock, 'It leaves at 09:10 and takes 5 h 25 min, so it arrives at 14:35.'],
];

const wrong: [Grader, string][] = [
  [word, 'xbq-8'],
  [word, 'xbq7'],
  [word, 'Answer: xbq-7 or xbq-8'],
  [word, 'Answer: xbq-7\nAnswer: xbq-8'],
  [word, 'Answer: not xbq-7'],
  [word, 'xbq-7\n\nAnswer: xbq-8'],
  [word, 'Answer: 7-qbx. The string was xbq-7.'],
  [phrase, 'Answer: the red foxes'],
  [phrase, 'Answer: the red fox\nAnswer: the grey wolf'],
  [phrase, 'Answer: the grey wolf\n\nFinal answer: the red fox'],
  [phrase, 'Answer: fox'],
  [output, '[1, 2]'],
  [output, '1, 2, 3, 4'],
  [output, 'Answer: [3, 2, 1]'],
  [cased, 'Answer: abc'],
  [name, 'Bob'],
  [name, 'Answer: Carol or Bob'],
  [name, 'Answer: Alice, since Carol has the fish'],
  [name, 'Carol\n\nAnswer: Bob'],
  [list, 'Ann, Cy, Bob'],
  [list, 'Ann, Bob'],
  [list, 'Ann, Bob, Cy, Dee'],
  [order, 'Answer: Cy, Bob, Ann'],
  [order, 'Answer: Ann, Cy, Bob'],
  [set, 'Answer: Ann'],
  [set, 'Answer: Ann, Bob, Cy'],
  [set, 'Answer: Bob'],
  [date, '2027-03-06'],
  [date, 'May 3, 2027'],
  [date, 'Answer: 2027-03-05 or 2027-03-06'],
  [clock, '02:35'],
  [clock, '2:35 AM'],
  [clock, 'Answer: 14:35 or 15:35'],
  [clock, 'Answer: 14:36'],
];

const ungradable: [Grader, string][] = [
  [name, 'I do not know.'],
  [name, 'Dave'],
  [date, 'In spring.'],
  [date, '05/03/2027'],
  [clock, 'In the afternoon.'],
  [word, ''],
];

describe('exact grading', () => {
  it.each(right)('%j takes %j for right', async (grader, reply) => {
    expect(await gradeAnswer(grader, reply)).toMatchObject({ score: 1, gradable: true });
  });
  it.each(wrong)('%j takes %j for wrong', async (grader, reply) => {
    expect(await gradeAnswer(grader, reply)).toMatchObject({ score: 0, gradable: true });
  });
  it.each(ungradable)('%j cannot grade %j', async (grader, reply) => {
    expect(await gradeAnswer(grader, reply)).toMatchObject({ score: 0, gradable: false });
  });
});
