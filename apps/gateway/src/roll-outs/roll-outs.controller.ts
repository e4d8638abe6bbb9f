import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import {
  DomainError,
  rollOutListSchema,
  rollOutRequestSchema,
  rollOutSchema,
} from '@zerorouter/contracts';
import type { RollOutRequest, RollOutView } from '@zerorouter/contracts';
import { rollOutNotFound } from '@zerorouter/database';
import type { Database } from '@zerorouter/database';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { resolveCandidate } from './resolve-candidate.js';
import { viewRollOut } from './roll-out-view.js';

const NAME = { name: 'Of the policy' };
const ONE = { ...NAME, id: 'Of the roll-out' };

@AccessLevel('admin')
@Controller('admin/v1/policies/:name/roll-outs')
export class RollOutsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Post()
  @Describe({
    summary:
      'Let a candidate decide a share of a policy’s traffic, and roll it back by itself when its answers are worse',
    tag: 'policies',
    params: NAME,
    body: rollOutRequestSchema,
    responses: {
      201: {
        description: 'It runs',
        schema: rollOutSchema,
        headers: { location: 'Where it is read' },
      },
    },
  })
  async start(
    @Param('name') policy: string,
    @Body(parseWith(rollOutRequestSchema)) request: RollOutRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RollOutView> {
    if (Object.hasOwn(POLICY_PRESETS, policy))
      throw new DomainError(
        'preset-policy',
        `"${policy}" is a preset, which means the same everywhere: store its weights under a name of yours, route by that, and roll out there`,
      );
    const rollOut = await this.database.rollOuts.start({
      policy,
      candidate: await resolveCandidate(this.database.policies, request.candidate),
      share: request.share,
      unit: request.unit,
      qualityBound: request.quality_bound,
      minFeedback: request.min_feedback,
      confidence: request.confidence,
    });
    void reply.header('location', `/admin/v1/policies/${policy}/roll-outs/${rollOut.id}`);
    return viewRollOut(rollOut);
  }

  @Get()
  @Describe({
    summary: 'List the roll-outs of a policy, newest first',
    tag: 'policies',
    params: NAME,
    responses: { 200: { description: 'The newest hundred', schema: rollOutListSchema } },
  })
  async list(@Param('name') policy: string): Promise<{ data: RollOutView[] }> {
    return { data: (await this.database.rollOuts.list(policy)).map(viewRollOut) };
  }

  @Get(':id')
  @Describe({
    summary: 'Read a roll-out and what the answers of both arms were worth',
    tag: 'policies',
    params: ONE,
    responses: { 200: { description: 'The roll-out', schema: rollOutSchema } },
  })
  async get(@Param('name') policy: string, @Param('id') id: string): Promise<RollOutView> {
    const rollOut = await this.database.rollOuts.get(policy, id);
    if (rollOut === null) throw rollOutNotFound(policy, id);
    return viewRollOut(rollOut);
  }

  @Post(':id/finish')
  @HttpCode(200)
  @Describe({
    summary: 'Make the candidate the newest version of the policy: it decides all traffic',
    tag: 'policies',
    params: ONE,
    responses: { 200: { description: 'The roll-out, ended', schema: rollOutSchema } },
  })
  async finish(@Param('name') policy: string, @Param('id') id: string): Promise<RollOutView> {
    return viewRollOut(await this.database.rollOuts.finish(policy, id));
  }

  @Post(':id/abort')
  @HttpCode(200)
  @Describe({
    summary: 'Give all traffic back to the policy as it is',
    tag: 'policies',
    params: ONE,
    responses: { 200: { description: 'The roll-out, ended', schema: rollOutSchema } },
  })
  async abort(@Param('name') policy: string, @Param('id') id: string): Promise<RollOutView> {
    return viewRollOut(await this.database.rollOuts.abort(policy, id));
  }
}
