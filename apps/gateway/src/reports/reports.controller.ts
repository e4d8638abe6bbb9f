import { Controller, Get, Inject, Query } from '@nestjs/common';
import {
  latentMapQuerySchema,
  latentMapSchema,
  overviewQuerySchema,
  overviewSchema,
} from '@zerorouter/contracts';
import type { LatentMapView, OverviewView } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { Registry } from '../registry/registry.js';
import { requireSpace } from '../registry/require-space.js';
import { DATABASE } from '../tokens.js';
import { bucketLength, viewOverview } from './overview.js';

const DAY_MS = 86_400_000;
const MOST_ANCHORS = 2_000;

@AccessLevel('admin')
@Controller('admin/v1/reports')
export class ReportsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly registry: Registry,
  ) {}

  @Get('overview')
  @Describe({
    summary: 'Sum up the decisions of a period: in all, over time and by chosen model',
    tag: 'decisions',
    query: overviewQuerySchema,
    responses: {
      200: { description: 'Traffic, cost, quality and overhead', schema: overviewSchema },
    },
  })
  async overview(
    @Query(parseWith(overviewQuerySchema)) query: z.output<typeof overviewQuerySchema>,
  ): Promise<OverviewView> {
    const to = query.to === undefined ? new Date() : new Date(query.to);
    const from = query.from === undefined ? new Date(+to - DAY_MS) : new Date(query.from);
    const period = { from, to, bucketS: bucketLength(+from, +to) };
    return viewOverview(await this.database.traffic.sum(period), period);
  }

  @Get('latent-map')
  @Describe({
    summary: 'Tell where recent queries and the anchors lie in the active latent space',
    tag: 'decisions',
    query: latentMapQuerySchema,
    responses: { 200: { description: 'Latent coordinates, and no text', schema: latentMapSchema } },
  })
  async latentMap(
    @Query(parseWith(latentMapQuerySchema)) { limit }: z.output<typeof latentMapQuerySchema>,
  ): Promise<LatentMapView> {
    const { space, candidates } = this.registry.current;
    const { version } = requireSpace(space).manifest;
    const [decisions, anchors] = await Promise.all([
      this.database.traffic.decisionsOf(version, limit),
      this.database.traffic.anchorsOf(version, MOST_ANCHORS),
    ]);
    return {
      space_version: version,
      decisions: decisions.map(({ id, createdAt, model, pCorrect, latents }) => ({
        decision_id: id,
        created_at: createdAt.toISOString(),
        model,
        p_correct: pCorrect,
        discrimination: latents.discrimination,
        difficulty: latents.difficulty,
        in_domain: latents.familiarity,
      })),
      anchors: anchors.map(({ id, ...anchor }) => ({ anchor_id: id, ...anchor })),
      models: candidates
        .filter(({ state = 'active' }) => state === 'active')
        .map(({ profile }) => ({ model: profile.model, ability: [...profile.ability.mean] })),
    };
  }
}
