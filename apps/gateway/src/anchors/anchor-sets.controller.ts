import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import {
  anchorListSchema,
  anchorSetListSchema,
  anchorSetRequestSchema,
  anchorSetSchema,
} from '@zerorouter/contracts';
import type { AnchorSetRequest, AnchorSetView, AnchorView } from '@zerorouter/contracts';
import type { AnchorSet, Database } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { AnchorSets } from './anchor-sets.js';

@AccessLevel('admin')
@Controller('admin/v1/anchor-sets')
export class AnchorSetsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly sets: AnchorSets,
  ) {}

  @Get()
  @Describe({
    summary: 'List the anchor sets, newest first',
    tag: 'onboarding',
    responses: { 200: { description: 'The sets', schema: anchorSetListSchema } },
  })
  async list(): Promise<{ data: AnchorSetView[] }> {
    return { data: (await this.database.anchors.sets()).map(viewSet) };
  }

  @Post()
  @Describe({
    summary: 'Make an anchor set: drawn afresh, brought along, or from a data set',
    tag: 'onboarding',
    body: anchorSetRequestSchema,
    responses: {
      201: {
        description: 'The set, placed in the active latent space',
        schema: anchorSetSchema,
        headers: { location: 'Its anchors' },
      },
    },
  })
  async create(
    @Body(parseWith(anchorSetRequestSchema)) request: AnchorSetRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AnchorSetView> {
    const set = await this.sets.create(request);
    void reply.header('location', `/admin/v1/anchor-sets/${set.id}/anchors`);
    return viewSet(set);
  }

  @Get(':id/anchors')
  @Describe({
    summary: 'Read the prompts of a set, to have them answered elsewhere',
    tag: 'onboarding',
    params: { id: 'Its id or name' },
    responses: { 200: { description: 'The anchors', schema: anchorListSchema } },
  })
  async anchors(@Param('id') id: string): Promise<{ data: AnchorView[] }> {
    const { anchors } = await this.sets.inActiveSpace(id);
    return {
      data: anchors.map(({ id: anchorId, text, domain, difficulty, grader }) => ({
        id: anchorId,
        text,
        domain,
        difficulty,
        grader: typeof grader['kind'] === 'string' ? grader['kind'] : 'score',
      })),
    };
  }
}

function viewSet({ id, name, spaceVersion, anchors, createdAt }: AnchorSet): AnchorSetView {
  return {
    id,
    name,
    space_version: spaceVersion,
    anchors,
    created_at: createdAt.toISOString(),
  };
}
