import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ModelAdmin } from '@zerorouter/administration';
import { DomainError, sentinelRunListSchema, sentinelRunSchema } from '@zerorouter/contracts';
import type { askModelSentinels, SentinelRunView } from '@zerorouter/contracts';
import type { Database, SentinelRun } from '@zerorouter/database';
import { AccessLevel } from '@zerorouter/platform';
import type { JobProducer } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { Registry } from '../registry/registry.js';
import { requireSpace } from '../registry/require-space.js';
import { DATABASE, SENTINEL_PRODUCER } from '../tokens.js';

type SentinelProducer = JobProducer<
  typeof askModelSentinels.payload,
  typeof askModelSentinels.result
>;

const ID = { id: 'Its id, or its URL-encoded name' };

@AccessLevel('admin')
@Controller('admin/v1/models/:id/sentinel-runs')
export class SentinelRunsController {
  constructor(
    private readonly models: ModelAdmin,
    private readonly registry: Registry,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SENTINEL_PRODUCER) private readonly producer: Pick<SentinelProducer, 'add'>,
  ) {}

  @Get()
  @Describe({
    summary: 'List when a model was asked anchors again, and what they said of its profile',
    tag: 'models',
    params: ID,
    responses: { 200: { description: 'The newest hundred', schema: sentinelRunListSchema } },
  })
  async list(@Param('id') idOrName: string): Promise<{ data: SentinelRunView[] }> {
    const { id } = await this.models.find(idOrName);
    return { data: (await this.database.sentinels.list(id)).map(viewRun) };
  }

  @Post()
  @HttpCode(202)
  @Describe({
    summary: 'Ask a model a few anchors again now, within SENTINEL_MAX_COST_USD',
    tag: 'models',
    params: ID,
    responses: { 202: { description: 'The run, queued', schema: sentinelRunSchema } },
  })
  async ask(@Param('id') idOrName: string): Promise<SentinelRunView> {
    const model = await this.models.find(idOrName);
    const { version } = requireSpace(this.registry.current.space).manifest;
    if (model.deployments.length === 0)
      throw new DomainError(
        'no-deployment',
        `${model.name} has no deployment to ask: add one with PATCH /admin/v1/models/${model.id}`,
      );
    if (model.prices === null)
      throw new DomainError(
        'prices-unknown',
        `${model.name} has no prices, so that SENTINEL_MAX_COST_USD cannot be kept: give it "prices"`,
      );
    const profile = await this.database.profiles.get(model.id, { spaceVersion: version });
    if (profile === null || (profile.state !== 'active' && profile.state !== 'shadow'))
      throw new DomainError(
        'not-profiled',
        `${model.name} has no measured profile in ${version} that its answers could be held against: POST /admin/v1/models/${model.id}/onboardings measures it`,
      );
    const run = await this.database.sentinels.request({ modelId: model.id, spaceVersion: version });
    const { modelId, spaceVersion, slot } = run;
    await this.producer.add(
      { modelId, spaceVersion, slot },
      { jobId: `${modelId}-${spaceVersion}-${-slot}` },
    );
    return viewRun(run);
  }
}

function viewRun({ startedAt, finishedAt, result, ...run }: SentinelRun): SentinelRunView {
  return {
    slot: run.slot,
    space_version: run.spaceVersion,
    state: finishedAt !== null ? 'finished' : startedAt === null ? 'queued' : 'running',
    started_at: startedAt?.toISOString() ?? null,
    finished_at: finishedAt?.toISOString() ?? null,
    cost_usd: run.costUsd,
    answers: result?.answers ?? [],
    expected: result?.expected ?? null,
    observed: result?.observed ?? null,
    distance: result?.distance ?? null,
    p_value: result?.p_value ?? null,
    error: result?.error ?? null,
  };
}
