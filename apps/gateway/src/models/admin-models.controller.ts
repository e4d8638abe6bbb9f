import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { ModelAdmin } from '@zerorouter/administration';
import {
  adminModelListSchema,
  adminModelQuerySchema,
  adminModelSchema,
  modelPatchSchema,
  modelRequestSchema,
  promoteRequestSchema,
  rollbackRequestSchema,
} from '@zerorouter/contracts';
import type { AdminModel, ModelPatch, ModelRequest } from '@zerorouter/contracts';
import type { Database, StoredModel } from '@zerorouter/database';
import { AccessLevel, parseRequest, parseWith } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { etagOf, parseIfMatch } from './if-match.js';
import { viewModel } from './model-view.js';
import { planPromotion, planRetirement, planRollback } from './profile-steps.js';

const ID = { id: 'Its id, or its URL-encoded name' };
const ETAG = { etag: 'Its revision, for If-Match' };
const IF_MATCH = { 'if-match': 'Change it only at this ETag; otherwise 412' };
const emptySchema = z.strictObject({});

@AccessLevel('admin')
@Controller('admin/v1/models')
export class AdminModelsController {
  constructor(
    private readonly models: ModelAdmin,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Post()
  @HttpCode(201)
  @Describe({
    summary: 'Add a model: a draft in the active space, with what its metadata tell',
    tag: 'models',
    body: modelRequestSchema,
    responses: {
      201: {
        description: 'The model; keys are sealed and never shown',
        schema: adminModelSchema,
        headers: { ...ETAG, location: 'Where it is' },
      },
    },
  })
  async create(
    @Body(parseWith(modelRequestSchema)) request: ModelRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminModel> {
    const model = await this.models.create(request);
    void reply.header('location', `/admin/v1/models/${model.id}`);
    return this.show(model, reply);
  }

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
    const models = new Map((await this.database.models.list()).map((model) => [model.id, model]));
    return {
      data: profiles.flatMap((profile) => {
        const model = models.get(profile.id);
        return model === undefined ? [] : [viewModel(model, profile)];
      }),
    };
  }

  @Get(':id')
  @Describe({
    summary: 'Read a model with its profile in the active space',
    tag: 'models',
    params: ID,
    responses: { 200: { description: 'The model', schema: adminModelSchema, headers: ETAG } },
  })
  async get(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminModel> {
    return this.show(await this.models.find(id), reply);
  }

  @Patch(':id')
  @Describe({
    summary:
      'Change a model: absent fields stay, null clears. New prices become a new version of its profiles, except where cost was fitted to calls',
    tag: 'models',
    params: ID,
    requestHeaders: IF_MATCH,
    body: modelPatchSchema,
    responses: { 200: { description: 'The model', schema: adminModelSchema, headers: ETAG } },
  })
  async patch(
    @Param('id') id: string,
    @Body(parseWith(modelPatchSchema)) patch: ModelPatch,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminModel> {
    return this.show(await this.models.update(id, patch, parseIfMatch(ifMatch)), reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @Describe({
    summary: 'Delete a model with its deployments, profiles and onboardings; its decisions stay',
    tag: 'models',
    params: ID,
    requestHeaders: IF_MATCH,
    responses: { 204: { description: 'Deleted' } },
  })
  async delete(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.database.models.delete(id, parseIfMatch(ifMatch));
  }

  @Post(':id/promote')
  @HttpCode(200)
  @Describe({
    summary:
      'One state up: shadow → active, retired → shadow. A draft is to be onboarded, and what is held in shadow stays there, unless forced',
    tag: 'models',
    params: ID,
    requestHeaders: IF_MATCH,
    body: promoteRequestSchema,
    responses: { 200: { description: 'The model', schema: adminModelSchema, headers: ETAG } },
  })
  async promote(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminModel> {
    const request = parseRequest(promoteRequestSchema, body ?? {});
    const model = await this.database.models.changeProfile(
      id,
      (profile) => planPromotion(profile, request),
      parseIfMatch(ifMatch),
    );
    return this.show(model, reply);
  }

  @Post(':id/rollback')
  @HttpCode(200)
  @Describe({
    summary:
      'Back to the profile of the version before, which becomes the newest version; repeated, further back. An active profile that never had another goes to shadow',
    tag: 'models',
    params: ID,
    requestHeaders: IF_MATCH,
    body: rollbackRequestSchema,
    responses: { 200: { description: 'The model', schema: adminModelSchema, headers: ETAG } },
  })
  async rollback(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminModel> {
    const request = parseRequest(rollbackRequestSchema, body ?? {});
    const model = await this.database.models.changeProfile(
      id,
      (profile, versions) => planRollback(profile, versions, request.version),
      parseIfMatch(ifMatch),
    );
    return this.show(model, reply);
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Describe({
    summary: 'Take a model in shadow or active out of traffic; a promotion brings it back',
    tag: 'models',
    params: ID,
    requestHeaders: IF_MATCH,
    body: emptySchema,
    responses: { 200: { description: 'The model', schema: adminModelSchema, headers: ETAG } },
  })
  async retire(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminModel> {
    parseRequest(emptySchema, body ?? {});
    const model = await this.database.models.changeProfile(
      id,
      planRetirement,
      parseIfMatch(ifMatch),
    );
    return this.show(model, reply);
  }

  private async show(model: StoredModel, reply: FastifyReply): Promise<AdminModel> {
    const profile = await this.models.profileOf(model);
    void reply.header('etag', etagOf(model.revision));
    return viewModel(model, profile);
  }
}
