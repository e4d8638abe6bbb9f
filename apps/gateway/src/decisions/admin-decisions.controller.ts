import { Controller, Get, Inject, Query } from '@nestjs/common';
import { decisionPageSchema, decisionQuerySchema } from '@zerorouter/contracts';
import type { DecisionPage } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { viewDecisionForAdmin } from './decision-view.js';

@AccessLevel('admin')
@Controller('admin/v1/decisions')
export class AdminDecisionsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @Describe({
    summary: 'Page through all decisions, newest first',
    tag: 'decisions',
    query: decisionQuerySchema,
    responses: { 200: { description: 'A page of decisions', schema: decisionPageSchema } },
  })
  async search(
    @Query(parseWith(decisionQuerySchema)) query: z.output<typeof decisionQuerySchema>,
  ): Promise<DecisionPage> {
    const { limit, before } = query;
    const records = await this.database.decisions.search({
      limit,
      ...(before === undefined ? {} : { before }),
    });
    return {
      data: records.map(viewDecisionForAdmin),
      next: records.length < limit ? null : (records.at(-1)?.id ?? null),
    };
  }
}
