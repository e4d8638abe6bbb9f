import { z } from 'zod';

/** `report.json`: everything that `report.html` shows, and more. Figures that do not exist are null. */

const nullable = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]);
const cell = z.enum(['id', 'unseen', 'ood', 'unseen-ood']);

const metricsSchema = z.object({
  /** Mean over models of the area under the ROC curve on the row's queries. */
  auc: nullable,
  aucWithinBenchmark: nullable,
  logLoss: nullable,
  brier: nullable,
  ece: nullable,
  /** Mean over models of |mean forecast − mean score|. */
  accuracyMae: nullable,
  /** Share of models whose mean score lies in the forecast's 90% interval for independent answers. */
  accuracyCoverage: nullable,
});

/** Ours minus a baseline, with the 95% interval of the paired bootstrap over queries. */
const differenceSchema = z.object({
  family: z.string(),
  method: z.string(),
  value: z.number(),
  interval: interval.nullable(),
});

const methodsSchema = z.record(z.string(), metricsSchema);

const rowSchema = z.object({
  cell,
  arm: z.string().nullable(),
  group: z.string(),
  queries: z.number().int(),
  models: z.number().int(),
  cells: z.number().int(),
  methods: methodsSchema,
  logLoss: z.array(differenceSchema),
  auc: z.array(differenceSchema),
  reliability: z.record(
    z.string(),
    z.array(
      z.object({
        low: z.number(),
        high: z.number(),
        cells: z.number().int(),
        forecast: nullable,
        score: nullable,
      }),
    ),
  ),
});

const summarySchema = z.object({
  cell,
  arm: z.string().nullable(),
  rows: z.number().int(),
  cells: z.number().int(),
  methods: methodsSchema,
  logLoss: z.array(differenceSchema),
  auc: z.array(differenceSchema),
});

const curveSchema = z.object({
  cell,
  group: z.string(),
  models: z.number().int(),
  queries: z.number().int(),
  points: z.array(
    z.object({
      series: z.string(),
      anchors: z.number().int(),
      logLoss: z.number(),
      auc: nullable,
      accuracyMae: z.number(),
      expectedAccuracy: z.object({ mae: z.number(), coverage: z.number() }).nullable(),
    }),
  ),
});

const pointSchema = z.object({ costUsd: z.number(), accuracy: z.number() });
const operatingSchema = pointSchema.extend({
  /** λ of argmax p̂ − λ·ĉ, 1/USD; null: cost alone. */
  costWeight: nullable,
  predictedCostUsd: z.number(),
  shareStrongest: z.number(),
});
const appliedSchema = operatingSchema.extend({
  accuracyGain: z.number(),
  costRatio: z.number(),
});

/** What one budget buys; costs are USD a query. */
const budgetSchema = z.object({
  budgetUsd: z.number(),
  /** `share` of the queries to the model, the others to the cheapest. */
  bestSingle: pointSchema.extend({ model: z.string(), share: z.number() }),
  /** Its weight is chosen on training answers; null: there are none. */
  utility: pointSchema.extend({ costWeight: nullable }).nullable(),
  bulk: pointSchema.extend({ predictedCostUsd: z.number() }),
  /** Null: the cheapest models really cost more than the budget. */
  oracle: pointSchema.nullable(),
  /** Accuracy, at the realised cost of the bulk. */
  bulkMinusUtility: z.object({
    matchedAccuracy: z.number(),
    value: z.number(),
    interval: interval.nullable(),
  }),
});

const routingSchema = z.object({
  cell,
  group: z.string(),
  costBasis: z.enum(['recorded', 'derived', 'none']),
  queries: z.number().int(),
  models: z.array(z.string()),
  /** The best single model on training answers. */
  strongest: z.string(),
  singles: z.array(pointSchema.extend({ model: z.string() })),
  bestSingle: pointSchema,
  cheapest: pointSchema,
  random: pointSchema,
  oracle: pointSchema.extend({ hull: z.array(pointSchema) }),
  singlesAiq: z.number(),
  costRange: interval,
  routers: z.array(
    z.object({
      router: z.string(),
      curve: z.array(operatingSchema),
      hull: z.array(pointSchema),
      aiq: z.number(),
      accuracyAtMatchedCost: nullable,
      costAtMatchedAccuracy: nullable,
      qualityNeutralCost: nullable,
      gapToOracle: z.number(),
      shareStrongest: z.number(),
      /** Chosen on training answers, applied once. */
      applied: z.object({
        matchedCost: appliedSchema.nullable(),
        matchedAccuracy: appliedSchema.nullable(),
      }),
    }),
  ),
  aiqDifference: z
    .object({ method: z.string(), value: z.number(), interval: interval.nullable() })
    .nullable(),
  costs: z.array(z.object({ method: z.string(), totalRatio: z.number(), logError: z.number() })),
  budgets: z.array(budgetSchema),
});

/** Routing among models that are known by their anchors, against the same with all of their answers. */
const onboardedRoutingSchema = z.object({
  cell,
  group: z.string(),
  pool: z.enum(['newcomers', 'all']),
  queries: z.number().int(),
  models: z.number().int(),
  newcomers: z.number().int(),
  /** The strongest and the cheapest model mixed by chance. */
  mixedAiq: z.number(),
  labelled: z.object({ labels: z.number().int(), aiq: z.number() }),
  points: z.array(
    z.object({
      anchors: z.number().int(),
      aiq: z.number(),
      gainShare: nullable,
      difference: z.number(),
      interval: interval.nullable(),
      costRatio: z.number(),
    }),
  ),
});

export const reportSchema = z.object({
  format: z.literal(1),
  protocol: z.object({
    seed: z.number().int(),
    cells: z.array(cell),
    anchors: z.array(z.number().int()),
    headline: z.number().int(),
    draws: z.number().int(),
    fast: z.boolean(),
    encoder: z.string(),
    /** Version of every latent space that was judged. */
    spaces: z.record(z.string(), z.string()),
  }),
  data: z.array(
    z.object({
      name: z.string(),
      queries: z.number().int(),
      models: z.number().int(),
      outcomes: z.number().int(),
      costs: z.enum(['recorded', 'derived', 'none']),
      heldOutQueries: z.number().int(),
      leftOutModels: z.array(z.string()),
    }),
  ),
  leftOutFamilies: z.array(z.string()),
  groups: z.array(
    z.object({ name: z.string(), queries: z.number().int(), benchmarks: z.array(z.string()) }),
  ),
  /** What could not be judged, and why. */
  notes: z.array(z.string()),
  summary: z.array(summarySchema),
  rows: z.array(rowSchema),
  onboarding: z.array(curveSchema),
  routing: z.array(routingSchema),
  onboardedRouting: z.array(onboardedRoutingSchema),
});

export type EvaluationReport = z.infer<typeof reportSchema>;
export type ReportRow = z.infer<typeof rowSchema>;
export type ReportSummary = z.infer<typeof summarySchema>;
export type ReportCurve = z.infer<typeof curveSchema>;
export type ReportRouting = z.infer<typeof routingSchema>;
export type ReportBudget = z.infer<typeof budgetSchema>;
export type ReportOnboardedRouting = z.infer<typeof onboardedRoutingSchema>;
export type ReportDifference = z.infer<typeof differenceSchema>;
