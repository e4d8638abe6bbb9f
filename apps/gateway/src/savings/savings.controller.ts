import { Controller, Get, Inject, Query } from '@nestjs/common';
import { savingsQuerySchema, savingsReportSchema } from '@zerorouter/contracts';
import type { SavingsReportView } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { BASELINE_MODEL, DATABASE } from '../tokens.js';
import { viewSavings } from './view-savings.js';

const PERIOD_MS = 30 * 86_400_000;

@AccessLevel('admin')
@Controller('admin/v1/reports')
export class SavingsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(BASELINE_MODEL) private readonly baseline: { model: string | null },
  ) {}

  @Get('savings')
  @Describe({
    summary: 'Compare what routing has cost with what one model for everything would have',
    tag: 'decisions',
    query: savingsQuerySchema,
    responses: {
      200: {
        description: 'Predicted and realised cost, each apart, and quality',
        schema: savingsReportSchema,
      },
    },
  })
  async savings(
    @Query(parseWith(savingsQuerySchema)) query: z.output<typeof savingsQuerySchema>,
  ): Promise<SavingsReportView> {
    const { group_by: groupBy, limit } = query;
    const to = query.to === undefined ? new Date() : new Date(query.to);
    const from = query.from === undefined ? new Date(+to - PERIOD_MS) : new Date(query.from);
    const [rows, total] = await Promise.all([
      this.database.savings.sum({ from, to, groupBy, limit }),
      this.database.savings.total({ from, to }),
    ]);
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      group_by: groupBy,
      baseline_model: this.baseline.model,
      total: total && viewSavings(total),
      data: rows.map(viewSavings),
    };
  }
}
