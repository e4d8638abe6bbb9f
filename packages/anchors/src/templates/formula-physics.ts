import type { Random } from '../random.js';
import { numericItem, type Level, type Template } from '../template.js';

interface Problem {
  question: string;
  value: number;
  unit: string;
  slips: number[];
  steps: number;
}
type Maker = (random: Random) => Problem;

const G = 9.8;
const round = (value: number, digits = 3): number => Number(value.toPrecision(digits));

const MAKERS: Record<Level, Maker[]> = {
  1: [
    (random) => {
      const [v, t] = [random.int(3, 30), random.int(2, 20)];
      return {
        question: `A cart moves at a constant ${v} m/s for ${t} seconds. How far does it get?`,
        value: v * t,
        unit: 'm',
        slips: [v / t, v + t],
        steps: 1,
      };
    },
    (random) => {
      const [u, r] = [random.int(2, 12) * 6, random.pick([2, 3, 4, 6])];
      return {
        question: `A resistor of ${r} ohms is connected to ${u} volts. What current flows through it?`,
        value: u / r,
        unit: 'A',
        slips: [u * r, r / u],
        steps: 1,
      };
    },
  ],
  2: [
    (random) => {
      const [m, a, t] = [random.int(2, 30), random.int(2, 8), random.int(2, 9)];
      return {
        question: `A body of ${m} kg is accelerated from rest with ${a} m/s² for ${t} s. What is its kinetic energy then?`,
        value: (m * (a * t) ** 2) / 2,
        unit: 'J',
        slips: [m * (a * t) ** 2, m * a * t],
        steps: 2,
      };
    },
    (random) => {
      const [c, m, d] = [4186, random.int(1, 5), random.int(10, 60)];
      return {
        question: `How much heat is needed to warm ${m} kg of water by ${d} K? Use a specific heat capacity of 4186 J/(kg·K).`,
        value: c * m * d,
        unit: 'J',
        slips: [c * d, (c * m) / d],
        steps: 2,
      };
    },
  ],
  3: [
    (random) => {
      const [r1, r2, r3, u] = [
        random.int(2, 9),
        random.int(3, 12),
        random.int(3, 12),
        random.int(6, 24),
      ];
      const parallel = (r2 * r3) / (r2 + r3);
      return {
        question: `A resistor of ${r1} Ω is in series with two resistors of ${r2} Ω and ${r3} Ω that are in parallel to each other. The whole is connected to ${u} V. What current flows from the source?`,
        value: u / (r1 + parallel),
        unit: 'A',
        slips: [u / (r1 + r2 + r3), u / parallel],
        steps: 4,
      };
    },
    (random) => {
      const [h, v] = [random.int(5, 80), random.int(2, 25)];
      return {
        question: `A ball is thrown horizontally at ${v} m/s from a cliff ${h} m high. How far from the foot of the cliff does it land? Take g = 9.8 m/s² and neglect air resistance.`,
        value: v * Math.sqrt((2 * h) / G),
        unit: 'm',
        slips: [v * Math.sqrt(h / G), (v * 2 * h) / G],
        steps: 4,
      };
    },
  ],
  4: [
    (random) => {
      const [m1, m2, v1, v2] = [
        random.int(2, 9),
        random.int(2, 9),
        random.int(6, 15),
        random.int(1, 5),
      ];
      const common = (m1 * v1 - m2 * v2) / (m1 + m2);
      const lost = (m1 * v1 ** 2 + m2 * v2 ** 2 - (m1 + m2) * common ** 2) / 2;
      return {
        question: `A cart of ${m1} kg rolling at ${v1} m/s meets a cart of ${m2} kg that comes towards it at ${v2} m/s. They couple on impact. How much kinetic energy is lost?`,
        value: lost,
        unit: 'J',
        slips: [(m1 * m2 * (v1 - v2) ** 2) / (2 * (m1 + m2)), (m1 * v1 ** 2) / 2],
        steps: 7,
      };
    },
    (random) => {
      const [angle, mu, s] = [
        random.pick([20, 25, 30, 35, 40]),
        random.int(10, 25) / 100,
        random.int(3, 15),
      ];
      const radians = (angle * Math.PI) / 180;
      const a = G * (Math.sin(radians) - mu * Math.cos(radians));
      return {
        question: `A crate slides from rest down a slope of ${s} m length, inclined by ${angle}° to the horizontal. The coefficient of kinetic friction is ${mu}. With which speed does it reach the bottom? Take g = 9.8 m/s².`,
        value: Math.sqrt(2 * a * s),
        unit: 'm/s',
        slips: [Math.sqrt(2 * G * Math.sin(radians) * s), a * s],
        steps: 7,
      };
    },
  ],
  5: [
    (random) => {
      const [ice, water, t] = [random.int(5, 10) * 10, random.int(30, 60) * 10, random.int(40, 80)];
      const value = (water * 4.186 * t - ice * 2.1 * 12 - ice * 334) / ((ice + water) * 4.186);
      return {
        question: `${ice} g of ice at -12 °C are put into ${water} g of water at ${t} °C in a perfectly insulating vessel of negligible heat capacity. What is the final temperature? Use 2.10 J/(g·K) for ice, 4.186 J/(g·K) for water and a heat of fusion of 334 J/g.`,
        value,
        unit: '°C',
        slips: [(water * t) / (ice + water), (water * 4.186 * t - ice * 334) / (water * 4.186)],
        steps: 11,
      };
    },
    (random) => {
      const [m1, m2, M, r] = [
        random.int(5, 12),
        random.int(1, 4),
        random.int(2, 8),
        random.int(10, 30),
      ];
      const a = ((m1 - m2) * G) / (m1 + m2 + M / 2);
      const h = random.int(1, 4);
      return {
        question: `Masses of ${m1} kg and ${m2} kg hang on the two ends of a light rope over a pulley, a uniform solid disc of ${M} kg and radius ${r} cm that turns without friction while the rope does not slip. The system is released from rest. What is the speed of the heavier mass after it has sunk by ${h} m? Take g = 9.8 m/s².`,
        value: Math.sqrt(2 * a * h),
        unit: 'm/s',
        slips: [Math.sqrt((2 * (m1 - m2) * G * h) / (m1 + m2)), a * h],
        steps: 12,
      };
    },
  ],
};

export const formulaPhysics: Template = {
  family: 'formula-physics',
  domain: 'science',
  perLevel: 2,
  draw(level, random) {
    const { question, value, unit, slips, steps } = random.pick(MAKERS[level])(random);
    const exact = Number.isInteger(value);
    return numericItem(random, {
      question: exact ? question : `${question} Give at least three significant digits.`,
      level,
      value,
      tolerance: exact ? Math.abs(value) * 1e-3 : Math.abs(value) * 6e-3,
      unit,
      reference: `${exact ? value : round(value, 4)} ${unit}`,
      slips: [...slips, value * 1.1],
      effort: steps * 4,
      what: `the result in ${unit}`,
    });
  },
};
