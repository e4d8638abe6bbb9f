import { numericItem, type Template } from '../template.js';

/** Atomic masses rounded to 0.1 u, and given in every question. */
const MASSES: Record<string, number> = {
  H: 1.0,
  C: 12.0,
  N: 14.0,
  O: 16.0,
  Na: 23.0,
  Mg: 24.3,
  Al: 27.0,
  P: 31.0,
  S: 32.1,
  Cl: 35.5,
  K: 39.1,
  Ca: 40.1,
  Fe: 55.8,
  Cu: 63.5,
};

/** Molar mass of a formula with one level of parentheses, in g/mol. */
export function molarMass(formula: string): number {
  const flat = formula.replace(/\(([^)]*)\)(\d*)/g, (_, inner: string, times: string) =>
    inner.repeat(Number(times || 1)),
  );
  return [...flat.matchAll(/([A-Z][a-z]?)(\d*)/g)].reduce(
    (sum, match) => sum + (MASSES[match[1] ?? ''] ?? NaN) * Number(match[2] || 1),
    0,
  );
}

const FORMULAS: Record<number, string[]> = {
  1: ['H2O', 'CO2', 'NaCl', 'NH3', 'CH4', 'MgO'],
  2: ['CaCO3', 'H2SO4', 'KNO3', 'C6H12O6', 'Na2CO3', 'H3PO4', 'C2H5OH'],
  3: ['Al2(SO4)3', 'Ca(NO3)2', 'Mg3(PO4)2', '(NH4)2SO4', 'Fe2(SO4)3', 'Ca3(PO4)2'],
};
/** Balanced reactions: coefficients and formulas of two reactants and of the product asked for. */
const REACTIONS = [
  {
    text: '2 H2 + O2 → 2 H2O',
    parts: [
      [2, 'H2'],
      [1, 'O2'],
      [2, 'H2O'],
    ],
  },
  {
    text: 'N2 + 3 H2 → 2 NH3',
    parts: [
      [1, 'N2'],
      [3, 'H2'],
      [2, 'NH3'],
    ],
  },
  {
    text: '4 Al + 3 O2 → 2 Al2O3',
    parts: [
      [4, 'Al'],
      [3, 'O2'],
      [2, 'Al2O3'],
    ],
  },
  {
    text: 'Fe2O3 + 3 CO → 2 Fe + 3 CO2',
    parts: [
      [1, 'Fe2O3'],
      [3, 'CO'],
      [2, 'Fe'],
    ],
  },
  {
    text: 'CH4 + 2 O2 → CO2 + 2 H2O',
    parts: [
      [1, 'CH4'],
      [2, 'O2'],
      [2, 'H2O'],
    ],
  },
  {
    text: 'Mg + 2 HCl → MgCl2 + H2',
    parts: [
      [1, 'Mg'],
      [2, 'HCl'],
      [1, 'MgCl2'],
    ],
  },
] as { text: string; parts: [number, string][] }[];

export const stoichiometry: Template = {
  family: 'stoichiometry',
  domain: 'science',
  perLevel: 1,
  draw(level, random) {
    const listed = (formulas: string[]): string => {
      const elements = [...new Set(formulas.join(' ').match(/[A-Z][a-z]?/g))].filter(
        (element) => element in MASSES,
      );
      return `Use these atomic masses: ${elements.map((element) => `${element} ${MASSES[element]?.toFixed(1)}`).join(', ')}.`;
    };
    if (level <= 3) {
      const formula = random.pick(FORMULAS[level] as string[]);
      const amount = level === 1 ? 1 : random.int(2, 40) / 4;
      const value = molarMass(formula) * amount;
      const ask =
        level === 1
          ? `What is the molar mass of ${formula} in g/mol?`
          : `What is the mass of ${amount} mol of ${formula} in grams?`;
      return numericItem(random, {
        question: `${ask} ${listed([formula])}`,
        level,
        value,
        tolerance: value * 2e-3,
        unit: level === 1 ? 'g/mol' : 'g',
        reference: value.toFixed(2),
        slips: [molarMass(formula) / amount + (level === 1 ? 2 : 0), value * 1.05],
        effort: formula.length * (level + 1),
        what: 'the result',
      });
    }
    const { text, parts } = random.pick(REACTIONS);
    const [[c1, f1], [c2, f2], [c3, f3]] = parts as [
      [number, string],
      [number, string],
      [number, string],
    ];
    const [g1, g2] = [random.int(20, 200), random.int(20, 200)];
    const [n1, n2] = [g1 / molarMass(f1) / c1, g2 / molarMass(f2) / c2];
    const yieldPercent = random.int(60, 95);
    const made = (runs: number): number => runs * c3 * molarMass(f3);
    const value = level === 4 ? made(n1) : (made(Math.min(n1, n2)) * yieldPercent) / 100;
    const given =
      level === 4
        ? `How many grams of ${f3} form from ${g1} g of ${f1} if there is more than enough ${f2}?`
        : `${g1} g of ${f1} and ${g2} g of ${f2} are brought together, and the reaction gives ${yieldPercent}% of the theoretical yield. How many grams of ${f3} are obtained?`;
    return numericItem(random, {
      question: `${given} The reaction is ${text}. ${listed([f1, f2, f3])} Give at least three significant digits.`,
      level,
      value,
      tolerance: value * 6e-3,
      unit: 'g',
      reference: value.toFixed(2),
      slips: [
        level === 4 ? n1 * molarMass(f3) * c1 * 1.07 : made(Math.min(n1, n2)),
        level === 4 ? g1 : made(Math.max(n1, n2)),
        value * 1.1,
      ],
      effort: level === 4 ? 40 : 60,
      what: 'the mass in grams',
    });
  },
};
