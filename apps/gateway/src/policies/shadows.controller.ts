import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { shadowQuerySchema, shadowSummarySchema } from '@zerorouter/contracts';
import type { ShadowSummaryView } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { meanFromMoments } from '@zerorouter/learning';
import type { Moments } from '@zerorouter/learning';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { policyNotFound } from './policies.controller.js';
import { viewEstimate } from './view-estimate.js';

@AccessLevel('admin')
@Controller('admin/v1/policies/:name/shadows')
export class ShadowsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @Describe({
    summary: 'What the policies in shadow of one would have chosen beside it',
    tag: 'policies',
    params: { name: 'Of the policy that decides' },
    query: shadowQuerySchema,
    responses: {
      200: { description: 'How they agree and differ, by policy', schema: shadowSummarySchema },
    },
  })
  async summarize(
    @Param('name') name: string,
    @Query(parseWith(shadowQuerySchema)) query: z.output<typeof shadowQuerySchema>,
  ): Promise<ShadowSummaryView> {
    const policy = await this.database.policies.get(name);
    if (policy === null) throw policyNotFound(name);
    const { limit, from, to } = query;
    const sums = await this.database.policyEvidence.shadowSums(name, {
      limit,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    });
    return {
      policy: name,
      data: sums.map(({ shadow, decisions, undecided, agreed, quality, cost }) => ({
        policy: shadow,
        current: policy.shadow.includes(shadow),
        decisions,
        undecided,
        agreement: agreed / decisions,
        quality_difference: viewMean(quality),
        cost_difference_usd: viewMean(cost),
      })),
    };
  }
}

function viewMean(moments: Moments) {
  const mean = meanFromMoments(moments);
  return mean && viewEstimate(mean);
}
