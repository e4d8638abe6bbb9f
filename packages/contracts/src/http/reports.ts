import { z } from 'zod';

/** The longest period of a report, days. */
const MOST_DAYS = 400;

export const overviewQuerySchema = z
  .strictObject({
    /** Default: a day before `to`. */
    from: z.iso.datetime({ offset: true }).optional(),
    /** Exclusive; default: now. */
    to: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ from, to }) => from === undefined || spanMs(from, to) > 0, {
    error: 'must lie before "to"',
    path: ['from'],
  })
  .refine(({ from, to }) => from === undefined || spanMs(from, to) <= MOST_DAYS * 86_400_000, {
    error: `must lie at most ${MOST_DAYS} days before "to"`,
    path: ['from'],
  });

const spanMs = (from: string, to: string | undefined): number =>
  (to === undefined ? Date.now() : Date.parse(to)) - Date.parse(from);

const interval = z.tuple([z.number(), z.number()]);

/** What a group of decisions comes to. Judgements in quarantine, or discarded, do not count. */
const trafficShape = {
  decisions: z.number().int(),
  /** Predicted, of the models that were chosen; `priced` = of how many decisions it is known. */
  cost_usd: z.number(),
  priced: z.number().int(),
  /** Mean P(correct) of the models that were chosen; null = of none. */
  predicted_accuracy: z.number().nullable(),
  /** Decisions that somebody has judged. */
  judged: z.number().int(),
  /** Their mean score, with its 90% interval (Wilson). */
  realised_accuracy: z.number().nullable(),
  realised_interval: interval.nullable(),
  /** What had been predicted of them: where 90% of mean scores lie if the forecasts hold. */
  judged_predicted_accuracy: z.number().nullable(),
  judged_predicted_interval: interval.nullable(),
  /** Ms from a request's arrival until its decision. */
  overhead_ms: z.object({ p50: z.number(), p99: z.number() }).nullable(),
};

export const trafficSchema = z.object(trafficShape);
export type TrafficView = z.infer<typeof trafficSchema>;

/** Traffic of a period: in all, over time and by chosen model. */
export const overviewSchema = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  total: trafficSchema,
  /** Length of a bucket, seconds. */
  bucket_s: z.number().int(),
  /** Oldest first; only those with traffic. */
  buckets: z.array(z.object({ at: z.iso.datetime(), ...trafficShape })),
  /** Most chosen first; at most a hundred. */
  models: z.array(z.object({ model: z.string(), ...trafficShape })),
});
export type OverviewView = z.infer<typeof overviewSchema>;

export const latentMapQuerySchema = z.strictObject({
  /** The newest decisions of the active space, at most. */
  limit: z.coerce.number().int().min(1).max(2_000).default(500),
});

/** Where queries and anchors lie in the active latent space; no text of a query. */
export const latentMapSchema = z.object({
  space_version: z.string(),
  /** Newest first. */
  decisions: z.array(
    z.object({
      decision_id: z.string(),
      created_at: z.iso.datetime(),
      /** The chosen one. */
      model: z.string(),
      p_correct: z.number().nullable(),
      discrimination: z.array(z.number()),
      difficulty: z.number(),
      in_domain: z.number(),
    }),
  ),
  anchors: z.array(
    z.object({
      anchor_id: z.string(),
      /** Name of the set. */
      set: z.string(),
      domain: z.string(),
      discrimination: z.array(z.number()),
      difficulty: z.number(),
    }),
  ),
  /** Those in traffic, with their abilities. */
  models: z.array(z.object({ model: z.string(), ability: z.array(z.number()) })),
});
export type LatentMapView = z.infer<typeof latentMapSchema>;
