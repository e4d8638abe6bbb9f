import type { Node } from '@zerorouter/report-page';
import { Plot, draw, figure } from '@zerorouter/report-page';
import { OURS } from '../../baselines/methods.js';
import type { ReportRouting } from '../report-schema.js';
import { styleOf } from './series.js';

type Router = ReportRouting['routers'][number];
interface Point {
  readonly costUsd: number;
  readonly accuracy: number;
}

/** Keeps a label readable on lines. */
const HALO = { stroke: 'var(--card)', strokeWidth: 4, fill: 'var(--soft)' } as const;

/** From this spread of costs on, a linear axis would hide the cheap half. */
const LOGARITHMIC = 8;

/** Accuracy over mean cost: hulls of the routers, single models, chance and the oracle. */
export function routingPlot(row: ReportRouting, shown: readonly Router[]): Node {
  const [low, high] = row.costRange;
  const logarithmic = high / low > LOGARITHMIC;
  const inUnits = ({ costUsd, accuracy }: Point) => ({ cost: 1000 * costUsd, accuracy });
  const lineOf = (hull: readonly Point[]) => dense(hull, high).map(inUnits);
  const singles = row.singles.map((single) => ({ ...inUnits(single), model: single.model }));
  const marks: Plot.Markish[] = [
    Plot.line(lineOf(row.oracle.hull), {
      x: 'cost',
      y: 'accuracy',
      stroke: 'var(--faint)',
      strokeWidth: 1.5,
    }),
    Plot.dot(singles, {
      x: 'cost',
      y: 'accuracy',
      r: 3.5,
      stroke: 'currentColor',
      strokeOpacity: 0.55,
      title: 'model',
      clip: true,
    }),
    Plot.dot([inUnits(row.random)], {
      x: 'cost',
      y: 'accuracy',
      symbol: 'times',
      stroke: 'currentColor',
    }),
    Plot.text([inUnits(row.random)], {
      x: 'cost',
      y: 'accuracy',
      text: ['random'],
      dy: 13,
      ...HALO,
    }),
    Plot.text([inUnits(row.bestSingle)], {
      x: 'cost',
      y: 'accuracy',
      text: ['best single'],
      dy: 14,
      ...HALO,
    }),
  ];
  for (const router of [...shown].reverse()) {
    const { color, dash } = styleOf(router.router);
    const ours = router.router === OURS;
    marks.push(
      Plot.line(lineOf(router.hull), {
        x: 'cost',
        y: 'accuracy',
        stroke: color,
        strokeWidth: ours ? 2.5 : 1.5,
        ...(dash === '' ? {} : { strokeDasharray: dash }),
      }),
    );
    if (ours)
      marks.push(
        Plot.dot(router.curve.map(inUnits), {
          x: 'cost',
          y: 'accuracy',
          r: 2,
          fill: color,
          fillOpacity: 0.5,
        }),
      );
  }
  // A few hopeless models must not flatten what is of interest.
  const usual = singles.map(({ accuracy }) => accuracy).sort((a, b) => a - b)[singles.length >> 2]!;
  return figure(
    'accuracy over mean cost',
    draw(`Accuracy over cost, ${row.group}`, {
      width: 600,
      height: 340,
      marginLeft: 44,
      marginRight: 30,
      x: {
        type: logarithmic ? 'log' : 'linear',
        label: `USD per 1,000 queries${logarithmic ? ', logarithmic' : ''}`,
        labelArrow: 'none',
        domain: logarithmic ? [800 * low, 1200 * high] : [0, 1050 * high],
        ticks: 6,
        tickFormat: '~g',
      },
      y: {
        label: null,
        grid: true,
        tickFormat: '.0%',
        domain: [
          Math.max(0, Math.min(row.random.accuracy, row.cheapest.accuracy, usual) - 0.03),
          Math.min(1, row.oracle.accuracy + 0.02),
        ],
      },
      marks,
    }),
    'Circles: single models, except those far beneath. Dots: our operating points.',
  );
}

/** The hull with points between its corners: straight in cost is a curve on a logarithmic axis. */
function dense(hull: readonly Point[], high: number): Point[] {
  const last = hull.at(-1)!;
  const ends = last.costUsd < high ? [...hull, { ...last, costUsd: high }] : hull;
  return ends.flatMap((to, i) => {
    const from = ends[i - 1];
    if (from === undefined) return [to];
    return Array.from({ length: 16 }, (_, step) => {
      const share = (step + 1) / 16;
      return {
        costUsd: from.costUsd + share * (to.costUsd - from.costUsd),
        accuracy: from.accuracy + share * (to.accuracy - from.accuracy),
      };
    });
  });
}
