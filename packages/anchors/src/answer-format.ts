import type { Random } from './random.js';

/** From this level on, the format always leaves room for working. */
const WORKED_FROM_LEVEL = 3;

function pickFormat(random: Random, level: number, brief: string[], worked: string[]): string {
  return random.pick(level < WORKED_FROM_LEVEL ? [...brief, ...worked] : worked);
}

export function numberFormat(random: Random, level: number, what: string): string {
  return pickFormat(
    random,
    level,
    [
      `Reply with ${what} only.`,
      `Give just ${what}, without any explanation.`,
      `Your reply should be ${what} and nothing else.`,
    ],
    [
      `Work it out step by step if you like, and finish with a line of the form "Answer: …" that gives ${what}.`,
      `You may show your reasoning; put ${what} in \\boxed{} at the end.`,
      `End your reply with "Answer:" followed by ${what}.`,
      `Explain briefly, then state ${what} on the last line after "Final answer:".`,
    ],
  );
}

export function textFormat(random: Random, level: number, what: string): string {
  return pickFormat(
    random,
    level,
    [`Reply with ${what} only.`, `Write ${what} and nothing else.`],
    [
      `Finish with a line "Answer: …" that gives ${what} and nothing more.`,
      `You may reason first; the last line of your reply must be "Answer:" followed by ${what}.`,
      `After any working, write "Final answer:" and then ${what}.`,
    ],
  );
}

export function choiceFormat(random: Random): string {
  return random.pick([
    'Reply with the letter of the correct option.',
    'Answer with a single letter.',
    'Which one is it? Give the letter.',
    'Think it through and end with "Answer: <letter>".',
    'Choose the best option and finish with "Answer:" and its letter.',
  ]);
}

export function jsonFormat(random: Random): string {
  return random.pick([
    'Reply with the JSON only.',
    'Return nothing but the JSON.',
    'Output valid JSON and no other text.',
    'Give the result as JSON in a code block, without commentary.',
  ]);
}

export function codeFormat(random: Random, signature: string): string {
  return random.pick([
    `Write a JavaScript function \`${signature}\` that does this. Reply with the code only.`,
    `Implement it as a plain JavaScript function \`${signature}\`, without libraries, in one code block.`,
    `Give me a JavaScript function with the signature \`${signature}\`. No input or output besides its argument and return value.`,
  ]);
}
