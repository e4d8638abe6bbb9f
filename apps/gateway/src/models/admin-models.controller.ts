import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import {
  adminModelListSchema,
  adminModelQuerySchema,
  adminModelSchema,
  DomainError,
} from '@zerorouter/contracts';
import type { AdminModel } from '@zerorouter/contracts';
import type { Database, StoredProfile } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';

@AccessLevel('admin')
@Controller('admin/v1/models')
export class AdminModelsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @Describe({
    summary: 'List the profiles of all models, in every state and latent space',
    tag: 'models',
    query: adminModelQuerySchema,
    responses: { 200: { description: 'The profiles', schema: adminModelListSchema } },
  })
  async list(
    @Query(parseWith(adminModelQuerySchema)) query: z.output<typeof adminModelQuerySchema>,
  ): Promise<{ data: AdminModel[] }> {
    const profiles = await this.database.profiles.list({
      ...(query.state === undefined ? {} : { state: query.state }),
      ...(query.space_version === undefined ? {} : { spaceVersion: query.space_version }),
    });
    return { data: profiles.map(viewModel) };
  }

  @Get(':id')
  @Describe({
    summary: 'Read the profile of a model in the active space',
    tag: 'models',
    params: { id: 'Its id, or its URL-encoded name' },
    responses: { 200: { description: 'The profile', schema: adminModelSchema } },
  })
  async get(@Param('id') id: string): Promise<AdminModel> {
    const profile = await this.database.profiles.get(id);
    if (profile === null)
      throw new DomainError('profile-not-found', `there is no model with the id or name "${id}"`);
    return viewModel(profile);
  }
}

function viewModel(stored: StoredProfile): AdminModel {
  const { model, ability, length, cost, latency } = stored.profile;
  return {
    id: stored.id,
    name: model,
    state: stored.state,
    version: stored.version,
    space_version: stored.spaceVersion,
    context_window: stored.contextWindow,
    capabilities: stored.capabilities,
    deployments: stored.deployments,
    ability,
    length,
    cost,
    latency,
    created_at: stored.createdAt.toISOString(),
    updated_at: stored.updatedAt.toISOString(),
  };
}
