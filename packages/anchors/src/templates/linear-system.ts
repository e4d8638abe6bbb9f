import type { Random } from '../random.js';
import { numericItem, type Template } from '../template.js';

const SHAPES = {
  1: { unknowns: 1, coefficient: 9, solution: 9 },
  2: { unknowns: 1, coefficient: 12, solution: 20 },
  3: { unknowns: 2, coefficient: 7, solution: 12 },
  4: { unknowns: 3, coefficient: 7, solution: 15 },
  5: { unknowns: 4, coefficient: 9, solution: 20 },
} as const;
const NAMES = ['x', 'y', 'z', 'w'];

/** Determinant by cofactors; integers stay exact. */
export function determinant(rows: number[][]): number {
  const [first, ...rest] = rows;
  if (!first) return 1;
  return first.reduce((sum, entry, column) => {
    const minor = rest.map((row) => row.filter((_, i) => i !== column));
    return sum + (column % 2 === 0 ? 1 : -1) * entry * determinant(minor);
  }, 0);
}

function nonZero(random: Random, limit: number): number {
  return random.int(1, limit) * (random.chance(0.35) ? -1 : 1);
}

function linearText(coefficients: number[], names: string[]): string {
  return coefficients
    .map((coefficient, i) => {
      const size = Math.abs(coefficient) === 1 ? '' : String(Math.abs(coefficient));
      const sign = coefficient < 0 ? '-' : '+';
      return i === 0
        ? `${sign === '-' ? '-' : ''}${size}${names[i]}`
        : ` ${sign} ${size}${names[i]}`;
    })
    .join('');
}

export const linearSystem: Template = {
  family: 'linear-system',
  domain: 'algebra',
  perLevel: 2,
  draw(level, random) {
    const { unknowns, coefficient, solution } = SHAPES[level];
    const values = Array.from({ length: unknowns }, () => nonZero(random, solution));
    const names = NAMES.slice(0, unknowns);
    let rows: number[][];
    do {
      rows = values.map(() => values.map(() => nonZero(random, coefficient)));
    } while (determinant(rows) === 0);
    const asked = random.int(0, unknowns - 1);
    const value = values[asked] as number;
    let system: string;
    if (unknowns === 1) {
      const [a, b] = [random.int(2, coefficient), nonZero(random, 30)];
      const c = level === 1 ? 0 : random.int(1, a - 1) * (random.chance(0.5) ? 1 : -1);
      const right = a * value + b - c * value;
      const constant = b < 0 ? ` - ${-b}` : ` + ${b}`;
      const moved = c === 0 ? '' : `${linearText([c], ['x'])} ${right < 0 ? '-' : '+'} `;
      system = `${a}x${constant} = ${moved}${c === 0 ? right : Math.abs(right)}`;
    } else {
      system = rows
        .map((row) => {
          const total = row.reduce((sum, entry, i) => sum + entry * (values[i] as number), 0);
          return `${linearText(row, names)} = ${total}`;
        })
        .join('\n');
    }
    const name = names[asked] as string;
    const question =
      unknowns === 1
        ? random.pick([`Solve for x: ${system}`, `For which x does ${system} hold?`])
        : random.pick([
            `Solve this system of equations and give the value of ${name}.\n\n${system}`,
            `What is ${name} if all of these hold?\n\n${system}`,
          ]);
    return numericItem(random, {
      question,
      level,
      value,
      slips: [-value, value + 1, ...values.filter((_, i) => i !== asked)],
      effort: unknowns ** 3 * Math.log2(coefficient) + level,
      what: `the value of ${name}`,
    });
  },
};
