import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import {
  DomainError,
  onboardingListQuerySchema,
  onboardingListSchema,
  onboardingSchema,
} from '@zerorouter/contracts';
import type { OnboardingView } from '@zerorouter/contracts';
import type { Database, Onboarding } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { streamChanges } from '../events/stream-changes.js';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { OnboardingService } from './onboarding.service.js';
import { viewOnboarding } from './onboarding-view.js';

const ID = { id: 'Its id' };

/** Runs that measure models, under way and past. */
@AccessLevel('admin')
@Controller('admin/v1/onboardings')
export class OnboardingsController implements OnModuleDestroy {
  private readonly closing = new AbortController();

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly onboardings: OnboardingService,
  ) {}

  /** Streams of progress would hold the closing until their runs end. */
  onModuleDestroy(): void {
    this.closing.abort();
  }

  @Get()
  @Describe({
    summary: 'List the onboardings, newest first',
    tag: 'onboarding',
    query: onboardingListQuerySchema,
    responses: { 200: { description: 'At most a thousand', schema: onboardingListSchema } },
  })
  async list(
    @Query(parseWith(onboardingListQuerySchema)) query: z.output<typeof onboardingListQuerySchema>,
  ): Promise<{ data: OnboardingView[] }> {
    const onboardings = await this.database.onboardings.list(query.model_id);
    return { data: onboardings.map(viewOnboarding) };
  }

  @Get(':id')
  @Describe({
    summary: 'See how far an onboarding is, and what it found',
    tag: 'onboarding',
    params: ID,
    responses: { 200: { description: 'The onboarding', schema: onboardingSchema } },
  })
  async get(@Param('id') id: string): Promise<OnboardingView> {
    return viewOnboarding(await this.find(id));
  }

  @Get(':id/events')
  @Describe({
    summary: 'Follow an onboarding: server-sent events `progress` and, last, `end`',
    tag: 'onboarding',
    params: ID,
    responses: {
      200: {
        description: 'Each event holds the onboarding',
        mediaType: 'text/event-stream',
        schema: onboardingSchema,
      },
    },
  })
  async events(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.find(id);
    const read = async () => {
      const onboarding = await this.database.onboardings.get(id);
      return onboarding === null
        ? null
        : { view: viewOnboarding(onboarding), ended: onboarding.finishedAt !== null };
    };
    await reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      .send(Readable.from(streamChanges(read, this.closing.signal)));
  }

  @Get(':id/report')
  @Describe({
    summary: 'Read the report of a finished onboarding: one page, with plots',
    tag: 'onboarding',
    params: ID,
    responses: { 200: { description: 'The page', mediaType: 'text/html' } },
  })
  async report(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { state } = await this.find(id);
    const page = await this.database.onboardings.report(id);
    if (page === null)
      throw new DomainError(
        'onboarding-unfinished',
        `the onboarding ${id} is ${state}: its report is there once it has succeeded`,
        { details: { state } },
      );
    await reply
      .headers({ 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" })
      .type('text/html; charset=utf-8')
      .send(page);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Describe({
    summary: 'Cancel an onboarding; what was answered stays, the profile does not change',
    tag: 'onboarding',
    params: ID,
    responses: { 200: { description: 'The onboarding, cancelled', schema: onboardingSchema } },
  })
  async cancel(@Param('id') id: string): Promise<OnboardingView> {
    return viewOnboarding(await this.onboardings.cancel(id));
  }

  private async find(id: string): Promise<Onboarding> {
    const onboarding = await this.database.onboardings.get(id);
    if (onboarding === null)
      throw new DomainError('onboarding-not-found', `there is no onboarding "${id}"`);
    return onboarding;
  }
}
