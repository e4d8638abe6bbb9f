import { codeFormat } from '../answer-format.js';
import type { Random } from '../random.js';
import type { DrawnItem } from '../template.js';

interface CodeParts<Input extends unknown[]> {
  /** What the function does, without its name. */
  task: string;
  functionName: string;
  parameters: string;
  /** A correct program, and others that miss a point of the task. */
  solution: string;
  slips: string[];
  inputs: Input[];
  /** Computes what is expected, independently of `solution`. */
  expected: (...input: Input) => unknown;
  effort: number;
}

/** An item whose answer is a JavaScript function, judged by running it on inputs not shown. */
export function codeItem<Input extends unknown[]>(
  random: Random,
  parts: CodeParts<Input>,
): DrawnItem {
  const { functionName, parameters, inputs } = parts;
  const call = (input: Input): string =>
    `${functionName}(${input.map((value) => JSON.stringify(value)).join(', ')})`;
  const tests = inputs.map((input) => ({
    expression: call(input),
    expected: JSON.parse(JSON.stringify(parts.expected(...input))) as string | number,
  }));
  const shown = tests[0] as (typeof tests)[number];
  const example = `Example: \`${shown.expression}\` returns \`${JSON.stringify(shown.expected)}\`.`;
  const fence = (code: string): string => `\`\`\`js\n${code}\n\`\`\``;
  return {
    text: `${parts.task}\n\n${example}\n\n${codeFormat(random, `${functionName}(${parameters})`)}`,
    grader: { kind: 'code', functionName, tests },
    referenceAnswer: fence(parts.solution),
    effort: parts.effort,
    wrongAnswers: [
      ...parts.slips,
      `function ${functionName}(${parameters}) {}`,
      // Knows the example and nothing else.
      `function ${functionName}() { return ${JSON.stringify(shown.expected)}; }`,
    ].map(fence),
  };
}
