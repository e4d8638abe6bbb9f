import type { AnchorDesign } from '@zerorouter/latent-space';
import type { OnboardingCurve } from '../cells/onboarding-curve.js';
import type { Cell, CellRow } from '../cells/cell-row.js';
import type { CostBasis } from '../evaluation-data.js';
import type { BudgetPoint } from '../routing/budget-comparison.js';
import type { CostFigures } from '../routing/cost-figures.js';
import type { OnboardedRouting } from '../routing/onboarded-routing.js';
import type { RoutingFigures } from '../routing/route-table.js';

/** How thorough an evaluation is. */
export interface ProtocolSettings {
  /** Numbers of anchors of the onboarding curves, ascending; 0 is nothing but the prior. */
  readonly counts: readonly number[];
  readonly designs: readonly AnchorDesign[];
  /** The number of anchors that the cells of new models are judged with. */
  readonly headline: number;
  /** Bootstrap draws. */
  readonly draws: number;
  /** Whether the paper's preset is calibrated too, which doubles the time. */
  readonly paper: boolean;
  /** Queries of a pool of anchors, and judged queries of a row, at most. */
  readonly mostPool: number;
  readonly mostJudged: number;
  /** Left-out benchmark groups, at most, where no file names them. */
  readonly folds: number;
}

const THOROUGH = {
  designs: ['adaptive', 'log-det', 'stratified', 'random'],
  draws: 500,
  paper: true,
  mostPool: 1200,
  mostJudged: 2000,
  folds: 8,
} as const;

const FAST = {
  designs: ['adaptive', 'random'],
  draws: 200,
  paper: false,
  mostPool: 400,
  mostJudged: 400,
  folds: 4,
} as const;

export const DEFAULT_COUNTS = [0, 5, 10, 20, 50, 100, 200];
const FAST_COUNTS = [0, 10, 50];

/** What a new model is usually given: "a few dozen anchors". */
const USUAL_ANCHORS = 50;

export function protocolSettings(fast: boolean, counts: readonly number[]): ProtocolSettings {
  const asked = counts.length > 0 ? counts : fast ? FAST_COUNTS : DEFAULT_COUNTS;
  const sorted = [...new Set(asked)].sort((a, b) => a - b);
  const headline = sorted.reduce((kept, count) =>
    Math.abs(count - USUAL_ANCHORS) < Math.abs(kept - USUAL_ANCHORS) ? count : kept,
  );
  return { ...(fast ? FAST : THOROUGH), counts: sorted, headline };
}

/** What one calibration showed. */
export interface Findings {
  readonly rows: CellRow[];
  readonly curves: (OnboardingCurve & { readonly cell: Cell })[];
  readonly routing: RoutingRow[];
  readonly onboardedRouting: OnboardedRouting[];
}

export interface RoutingRow {
  readonly cell: Cell;
  readonly group: string;
  readonly costBasis: CostBasis;
  readonly figures: RoutingFigures;
  /** Ours minus the simple method of the largest AIQ, chosen in hindsight. */
  readonly aiqDifference: {
    readonly method: string;
    readonly value: number;
    readonly interval: readonly [low: number, high: number] | null;
  } | null;
  readonly costs: readonly CostFigures[];
  readonly budgets: readonly BudgetPoint[];
}

export function noFindings(): Findings {
  return { rows: [], curves: [], routing: [], onboardedRouting: [] };
}

export function addFindings(all: Findings, more: Findings): void {
  all.rows.push(...more.rows);
  all.curves.push(...more.curves);
  all.routing.push(...more.routing);
  all.onboardedRouting.push(...more.onboardedRouting);
}
