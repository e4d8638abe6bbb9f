import { afterAll, describe, expect, it } from '@jest/globals';
import { gradeAnswer } from '../graders/grade-answer.js';
import { graderSchema, type Grader } from '../graders/grader-schema.js';
import { Random } from '../random.js';
import { closeSandbox } from '../sandbox/sandbox.js';
import { LEVELS, type DrawnItem, type Level, type Template } from '../template.js';
import { TEMPLATES } from './index.js';

afterAll(closeSandbox);

function items(template: Template, seeds: number): { level: Level; item: DrawnItem }[] {
  return LEVELS.flatMap((level) =>
    Array.from({ length: seeds }, (_, seed) => ({
      level,
      item: template.draw(level, new Random(`test/${seed}/${template.family}/${level}`)),
    })),
  );
}

const isShort = (grader: Grader): boolean =>
  grader.kind === 'numeric' || grader.kind === 'exact' || grader.kind === 'choice';

/** The same answer as models dress it. */
function dressed(grader: Grader, answer: string): string[] {
  if (isShort(grader)) {
    return [
      `Answer: ${answer}`,
      `**Answer:** ${answer}`,
      `Final answer: **${answer}**`,
      `Let me work through this. First I get 17, then 4 × 5 = 20.\n\nThat settles it.\n\n**Final Answer**\n\n${answer}`,
      `<think>Maybe 12345? Answer: 12345</think>\n\nAnswer: ${answer}`,
      `The steps give the result below.\n\n$$\\boxed{\\text{${answer}}}$$`,
      `The answer is ${answer}.`,
    ];
  }
  switch (grader.kind) {
    case 'regex':
      return [`Answer: ${answer}`, `\`${answer}\``, `Final answer: **${answer}**`];
    case 'json':
      return [
        `\`\`\`json\n${answer}\n\`\`\``,
        `Here is the result:\n\n${answer}`,
        JSON.stringify(JSON.parse(answer)),
        `<think>{"a": 1}</think>${JSON.stringify(JSON.parse(answer), null, 4)}\n\nLet me know if you need more.`,
      ];
    case 'constraints':
      return [`\`\`\`\n${answer}\n\`\`\``, `Here is the text:\n\n${answer}`];
    case 'code':
      return [
        answer.replace(/```(?:js)?\n?/g, ''),
        `Sure! This does it:\n\n${answer}\n\nIt runs in linear time.`,
        answer
          .replace('```js\n', '```javascript\n// solution\n')
          .replace(/\n```$/, '\nconsole.log("ok");\n```'),
      ];
    case 'judge':
    case 'numeric':
    case 'exact':
    case 'choice':
      return [];
  }
}

/** Replies that end wrong although the right answer occurs in them, given one wrong answer. */
function spoilt(grader: Grader, right: string, wrong: string): string[] {
  if (isShort(grader)) {
    return [
      `Answer: ${wrong}`,
      `At first I thought: ${right}.\n\nAnswer: ${wrong}`,
      `Answer: ${right}\nAnswer: ${wrong}`,
      `Answer: ${wrong}\n\nFinal answer: ${right}`,
      `\\boxed{\\text{${right}}} and also \\boxed{\\text{${wrong}}}`,
    ];
  }
  switch (grader.kind) {
    case 'json': {
      const value = JSON.parse(right) as unknown;
      return [
        ...mutations(value).map((changed) => JSON.stringify(changed)),
        `${right}\n\nor\n\n${wrong}`,
      ];
    }
    case 'constraints':
      return [`${right}\n${right}`, '?'];
    case 'regex':
      return [`${right}x`, `x${right}`, `Answer: ${right}\nAnswer: ${wrong}`];
    case 'code':
      return [`${right}\n\nOn second thought:\n\n${wrong}`];
    case 'judge':
    case 'numeric':
    case 'exact':
    case 'choice':
      return [];
  }
}

/** The value with one leaf changed, for each leaf (at most ten). */
function mutations(value: unknown): unknown[] {
  if (Array.isArray(value)) {
    const inner = value.flatMap((element, i) =>
      mutations(element).map((changed) => value.with(i, changed) as unknown),
    );
    return [...inner, [...(value as unknown[]), 0]].slice(0, 10);
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value)
      .flatMap(([key, member]) =>
        mutations(member).map((changed) => ({ ...value, [key]: changed })),
      )
      .slice(0, 10);
  }
  return [
    typeof value === 'number'
      ? value + 1
      : typeof value === 'boolean'
        ? !value
        : `${String(value)}-`,
  ];
}

const scores = async (grader: Grader, replies: string[]): Promise<Record<string, number>> =>
  Object.fromEntries(
    await Promise.all(
      replies.map(async (reply) => [reply, (await gradeAnswer(grader, reply)).score] as const),
    ),
  );
const all = (replies: string[], score: number): Record<string, number> =>
  Object.fromEntries(replies.map((reply) => [reply, score]));

describe.each(TEMPLATES.map((template) => [template.family, template] as const))(
  '%s',
  (_, template) => {
    const seeds = template.domain === 'code-writing' ? 3 : 6;
    const drawn = items(template, seeds);

    it('takes its reference answer, plain and dressed, for right', async () => {
      for (const { item } of drawn) {
        const replies = [item.referenceAnswer, ...dressed(item.grader, item.referenceAnswer)];
        expect(await scores(item.grader, replies)).toEqual(all(replies, 1));
      }
    });

    it('takes typical slips and contradictions for wrong', async () => {
      for (const { item } of drawn) {
        expect(item.wrongAnswers.length).toBeGreaterThan(0);
        const wrong = item.wrongAnswers[0] as string;
        const replies = [...item.wrongAnswers, ...spoilt(item.grader, item.referenceAnswer, wrong)];
        expect(await scores(item.grader, replies)).toEqual(all(replies, 0));
      }
    });

    it('counts empty, refused and cut replies as failed and ungradable', async () => {
      const { item } = drawn[0] as (typeof drawn)[number];
      for (const reply of ['', ' \n', '<think>Let me see', `<think>${item.referenceAnswer}`]) {
        expect(await gradeAnswer(item.grader, reply)).toMatchObject({ score: 0, gradable: false });
      }
    });

    it('has valid graders, and grows harder from level to level', () => {
      for (const { item } of drawn) expect(graderSchema.safeParse(item.grader).success).toBe(true);
      const effort = LEVELS.map((level) => {
        const own = drawn.filter((each) => each.level === level);
        return own.reduce((sum, { item }) => sum + item.effort, 0) / own.length;
      });
      expect(effort).toEqual([...new Set(effort)].sort((a, b) => a - b));
    });
  },
);
