import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  DomainError,
  replaySchema,
  simulateRequestSchema,
  simulateResponseSchema,
} from '@zerorouter/contracts';
import type {
  ReplayView,
  SimulateRequest,
  SimulateResponse,
  SpaceManifest,
} from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { toHardConstraints } from '../policies/hard-constraints.js';
import { Registry } from '../registry/registry.js';
import { arrangeProfiles } from '../registry/snapshot.js';
import { resolvePolicy } from '../routing/policy.js';
import { DATABASE } from '../tokens.js';
import { requireSpace } from '../registry/require-space.js';
import { readingOf } from './candidate-space.js';
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
    summary:
      'Try other models, prices, policies or a latent space on stored decisions; no model is called',
    tag: 'decisions',
    body: simulateRequestSchema,
    responses: { 200: { description: 'What would change', schema: simulateResponseSchema } },
  })
  async simulate(
    @Body(parseWith(simulateRequestSchema)) request: SimulateRequest,
  ): Promise<SimulateResponse> {
    const { profiles, policies, ...current } = this.registry.current;
    const space = requireSpace(current.space);
    const { manifest } = space;
    const policy =
      request.policy === undefined ? undefined : resolvePolicy(request.policy, policies);
    const candidate = await this.candidate(request.space_version ?? manifest.version, manifest);
    const decisions = await this.database.decisions.search({
      limit: request.limit,
      ...(request.before === undefined ? {} : { before: request.before }),
    });
    const changed =
      policy === undefined && request.constraints === undefined
        ? undefined
        : { ...policy?.constraints, ...toHardConstraints(request.constraints ?? {}) };
    const { active, stored } = candidate;
    const result = await simulate({
      decisions: decisions.filter(({ spaceVersion }) => spaceVersion === manifest.version),
      today: { models: scenarioModels(profiles, [], {}), ...utilityOf(manifest) },
      scenario: {
        models: scenarioModels(active, stored, request),
        ...utilityOf(candidate.manifest),
      },
      weights: policy?.weights,
      constraints: changed,
    });
    return {
      space_version: manifest.version,
      scenario_space_version: candidate.manifest.version,
      ...result,
    };
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
    return replayDecision(record, models, utilityOf(space.manifest).scales);
  }

  /** The space of a scenario, with its profiles as they read latents of the active one. */
  private async candidate(version: string, active: SpaceManifest) {
    const space = await this.database.spaces.get(version);
    if (space === null)
      throw new DomainError('space-not-found', `there is no latent space "${version}"`);
    const { manifest } = space;
    const read = readingOf(manifest, active);
    const all = await this.database.profiles.list({ spaceVersion: version });
    const stored = arrangeProfiles(all, manifest.dimensions).usable.map(({ profile, state }) => ({
      profile: read(profile),
      state,
    }));
    return { manifest, stored, active: stored.filter(({ state }) => state === 'active') };
  }
}

function utilityOf({ referenceScales, guarantee }: SpaceManifest) {
  const { c_ref, T_ref } = referenceScales;
  return { scales: { costUsd: c_ref, latencyS: T_ref }, guarantee };
}
