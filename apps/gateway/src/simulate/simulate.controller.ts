import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  DomainError,
  replaySchema,
  simulateRequestSchema,
  simulateResponseSchema,
} from '@zerorouter/contracts';
import type { ReplayView, SimulateRequest, SimulateResponse } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { withGuarantee } from '@zerorouter/optimizer';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { toHardConstraints } from '../policies/hard-constraints.js';
import { Registry } from '../registry/registry.js';
import { resolvePolicy } from '../routing/policy.js';
import { DATABASE } from '../tokens.js';
import { replayDecision } from './replay.js';
import { scenarioModels } from './scenario-models.js';
import { simulate } from './simulate.js';

@AccessLevel('admin')
@Controller('admin/v1')
export class SimulateController {
  constructor(
    private readonly registry: Registry,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Post('simulate')
  @HttpCode(200)
  @Describe({
    summary: 'Try other models, prices or policies on stored decisions; no model is called',
    tag: 'decisions',
    body: simulateRequestSchema,
    responses: { 200: { description: 'What would change', schema: simulateResponseSchema } },
  })
  async simulate(
    @Body(parseWith(simulateRequestSchema)) request: SimulateRequest,
  ): Promise<SimulateResponse> {
    const { space, profiles, policies } = this.registry.current;
    if (space === null)
      throw new DomainError('no-active-space', 'no latent space is active: activate one first');
    const { version, referenceScales, guarantee } = space.manifest;
    const policy =
      request.policy === undefined ? undefined : resolvePolicy(request.policy, policies);
    const stored = await this.database.profiles.list({ spaceVersion: version });
    const decisions = await this.database.decisions.search({
      limit: request.limit,
      ...(request.before === undefined ? {} : { before: request.before }),
    });
    const changed =
      policy === undefined && request.constraints === undefined
        ? undefined
        : withGuarantee(
            { ...policy?.constraints, ...toHardConstraints(request.constraints ?? {}) },
            guarantee,
          );
    const result = await simulate({
      decisions: decisions.filter(({ spaceVersion }) => spaceVersion === version),
      scales: { costUsd: referenceScales.c_ref, latencyS: referenceScales.T_ref },
      today: scenarioModels(profiles, [], {}),
      scenario: scenarioModels(profiles, stored, request),
      weights: policy?.weights,
      constraints: changed,
    });
    return { space_version: version, ...result };
  }

  @Get('decisions/:id/replay')
  @Describe({
    summary: 'Compute a decision anew from its record and the profiles of that time',
    tag: 'decisions',
    params: { id: 'Its id' },
    responses: { 200: { description: 'Whether it falls the same way', schema: replaySchema } },
  })
  async replay(@Param('id') id: string): Promise<ReplayView> {
    const record = await this.database.decisions.get(id);
    if (record === null)
      throw new DomainError('decision-not-found', `there is no decision "${id}"`);
    const { spaceVersion, profileVersions } = record;
    const space = await this.database.spaces.get(spaceVersion);
    if (space === null)
      throw new DomainError(
        'space-not-found',
        `the latent space ${spaceVersion} of this decision is gone: it cannot be replayed`,
      );
    const profiles = await this.database.profiles.atVersions(spaceVersion, profileVersions);
    const models = profiles.map((profile) => ({ profile, admittedAs: profile.model }));
    const { c_ref, T_ref } = space.manifest.referenceScales;
    return replayDecision(record, models, { costUsd: c_ref, latencyS: T_ref });
  }
}
