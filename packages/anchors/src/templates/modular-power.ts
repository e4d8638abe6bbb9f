import { numericItem, type Template } from '../template.js';

/** Largest base, exponent and modulus of each level. */
const SIZES = {
  1: [9, 3, 9],
  2: [12, 9, 19],
  3: [30, 60, 97],
  4: [99, 900, 499],
  5: [999, 20_000, 4_999],
} as const;

function powerModulo(base: number, exponent: number, modulus: number): number {
  const m = BigInt(modulus);
  let result = 1n;
  let square = BigInt(base) % m;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * square) % m;
    square = (square * square) % m;
  }
  return Number(result);
}

export const modularPower: Template = {
  family: 'modular-power',
  domain: 'arithmetic',
  perLevel: 1,
  draw(level, random) {
    const [maxBase, maxExponent, maxModulus] = SIZES[level];
    const base = random.int(2, maxBase);
    const exponent = random.int(Math.ceil(maxExponent / 2), maxExponent);
    const modulus = random.int(Math.ceil(maxModulus / 2), maxModulus);
    const value = powerModulo(base, exponent, modulus);
    const question = random.pick([
      `What is the remainder when ${base}^${exponent} is divided by ${modulus}?`,
      `Find ${base}^${exponent} mod ${modulus}.`,
      `Divide ${base} to the power of ${exponent} by ${modulus}. Which remainder is left?`,
    ]);
    return numericItem(random, {
      question,
      level,
      value,
      slips: [
        powerModulo(base, exponent - 1, modulus),
        powerModulo(base, exponent + 1, modulus),
        modulus - value,
      ],
      effort: Math.log2(exponent) * String(modulus).length * 3,
      what: 'the remainder',
    });
  },
};
