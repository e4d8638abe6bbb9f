import { numericItem, type Template } from '../template.js';

const SHAPES = {
  1: { degree: 2, size: 6, leading: 1 },
  2: { degree: 2, size: 12, leading: 1 },
  3: { degree: 3, size: 7, leading: 1 },
  4: { degree: 4, size: 7, leading: 1 },
  5: { degree: 5, size: 9, leading: 3 },
} as const;

/** Coefficients of leading · Π (x − root), highest power first. */
export function expand(roots: number[], leading: number): number[] {
  return roots.reduce(
    (coefficients, root) =>
      [...coefficients, 0].map(
        (value, i) => value - root * (i > 0 ? (coefficients[i - 1] as number) : 0),
      ),
    [leading],
  );
}

function polynomialText(coefficients: number[]): string {
  const degree = coefficients.length - 1;
  const terms = coefficients.flatMap((value, i) => {
    if (value === 0) return [];
    const power = degree - i;
    const symbol = power === 0 ? '' : power === 1 ? 'x' : `x^${power}`;
    const size = Math.abs(value) === 1 && power > 0 ? '' : String(Math.abs(value));
    return [`${value < 0 ? '-' : '+'} ${size}${symbol}`];
  });
  return terms.join(' ').replace(/^\+ /, '');
}

export const integerRoots: Template = {
  family: 'integer-roots',
  domain: 'algebra',
  perLevel: 1,
  draw(level, random) {
    const { degree, size, leading } = SHAPES[level];
    const roots = Array.from({ length: degree }, () => random.int(level === 1 ? 1 : -size, size));
    const text = polynomialText(expand(roots, leading > 1 ? random.int(2, leading) : 1));
    const largest = Math.max(...roots);
    const smallest = Math.min(...roots);
    const squares = roots.reduce((sum, root) => sum + root * root, 0);
    const task = random.pick(
      level < 3
        ? [{ ask: 'What is its larger solution?', value: largest, slips: [smallest, -largest] }]
        : [
            { ask: 'What is the largest of them?', value: largest, slips: [smallest, -largest] },
            { ask: 'What is the smallest of them?', value: smallest, slips: [largest, -smallest] },
            {
              ask: 'Counting repeated solutions as often as they occur, what is the sum of their squares?',
              value: squares,
              slips: [roots.reduce((sum, root) => sum + root, 0) ** 2, squares - 1],
            },
          ],
    );
    return numericItem(random, {
      question: `The equation ${text} = 0 has only integer solutions. ${task.ask}`,
      level,
      value: task.value,
      slips: task.slips,
      effort: degree ** 2 * Math.log2(size),
    });
  },
};
