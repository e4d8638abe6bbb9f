import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { alertListSchema, alertQuerySchema, alertSchema } from '@zerorouter/contracts';
import type { AlertView } from '@zerorouter/contracts';
import type { Alert, Database } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';

@AccessLevel('admin')
@Controller('admin/v1/alerts')
export class AlertsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @Describe({
    summary: 'List what was noticed about models, newest first',
    tag: 'models',
    query: alertQuerySchema,
    responses: { 200: { description: 'The newest thousand alerts', schema: alertListSchema } },
  })
  async list(
    @Query(parseWith(alertQuerySchema)) { open }: z.output<typeof alertQuerySchema>,
  ): Promise<{ data: AlertView[] }> {
    const alerts = await this.database.alerts.list(
      open === undefined ? {} : { open: open === 'true' },
    );
    return { data: alerts.map(viewAlert) };
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Describe({
    summary: 'Close an alert; what it is about may raise a new one',
    tag: 'models',
    params: { id: 'Its id' },
    responses: { 200: { description: 'The alert', schema: alertSchema } },
  })
  async resolve(@Param('id') id: string): Promise<AlertView> {
    return viewAlert(await this.database.alerts.resolve(id));
  }
}

function viewAlert({ createdAt, resolvedAt, modelId, reprofiling, ...alert }: Alert): AlertView {
  return {
    ...alert,
    model_id: modelId,
    created_at: createdAt.toISOString(),
    resolved_at: resolvedAt?.toISOString() ?? null,
    reprofiling: reprofiling && {
      onboarding_id: reprofiling.onboardingId,
      state: reprofiling.state,
      kept: reprofiling.kept,
    },
  };
}
