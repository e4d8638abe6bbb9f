import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  activationRequestSchema,
  DomainError,
  spaceListSchema,
  spaceSchema,
} from '@zerorouter/contracts';
import type { Space } from '@zerorouter/contracts';
import type { Database, StoredSpace } from '@zerorouter/database';
import { AccessLevel, parseRequest } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { refuseWorse } from './refuse-worse.js';

@AccessLevel('admin')
@Controller('admin/v1/spaces')
export class SpacesController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @Describe({
    summary: 'List the latent spaces, newest first',
    tag: 'spaces',
    responses: { 200: { description: 'The spaces', schema: spaceListSchema } },
  })
  async list(): Promise<{ data: Space[] }> {
    return { data: (await this.database.spaces.list()).map(viewSpace) };
  }

  @Get(':version')
  @Describe({
    summary: 'Read one latent space',
    tag: 'spaces',
    params: { version: 'Its version' },
    responses: { 200: { description: 'The space', schema: spaceSchema } },
  })
  get(@Param('version') version: string): Promise<Space> {
    return this.view(version);
  }

  @Post(':version/activate')
  @HttpCode(200)
  @Describe({
    summary:
      'Make a latent space the active one; the one before it can be returned to. A draft whose held-out figures are worse is refused, unless forced',
    tag: 'spaces',
    params: { version: 'Its version' },
    body: activationRequestSchema,
    responses: { 200: { description: 'The space, now active', schema: spaceSchema } },
  })
  async activate(@Param('version') version: string, @Body() body: unknown): Promise<Space> {
    const { force } = parseRequest(activationRequestSchema, body ?? {});
    const { spaces } = this.database;
    const [space, active] = await Promise.all([spaces.get(version), spaces.active()]);
    if (!force && space?.state === 'draft') refuseWorse(space.manifest, active?.manifest ?? null);
    await this.database.spaces.activate(version);
    return this.view(version);
  }

  @Post('rollback')
  @HttpCode(200)
  @Describe({
    summary: 'Return to the latent space that was active before',
    tag: 'spaces',
    responses: { 200: { description: 'The space, active again', schema: spaceSchema } },
  })
  async rollback(): Promise<Space> {
    return this.view(await this.database.spaces.rollback());
  }

  private async view(version: string): Promise<Space> {
    const space = await this.database.spaces.get(version);
    if (space === null)
      throw new DomainError('space-not-found', `there is no latent space "${version}"`);
    return viewSpace(space);
  }
}

function viewSpace({ manifest, state, createdAt }: StoredSpace): Space {
  const { domainCorrections = [], ...shown } = manifest;
  return {
    version: manifest.version,
    state,
    created_at: createdAt.toISOString(),
    manifest: shown,
    domain_corrections: domainCorrections.length,
  };
}
