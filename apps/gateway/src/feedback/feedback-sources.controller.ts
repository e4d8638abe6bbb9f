import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  feedbackSourceListSchema,
  releaseRequestSchema,
  releaseSchema,
} from '@zerorouter/contracts';
import type { FeedbackSourceView, ReleaseRequest, ReleaseView } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { AccessLevel, parseRequest } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { FeedbackService } from './feedback.service.js';
import { viewSource } from './feedback-view.js';

@AccessLevel('admin')
@Controller('admin/v1/feedback-sources')
export class FeedbackSourcesController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly feedback: FeedbackService,
  ) {}

  @Get()
  @Describe({
    summary: 'List who judges answers, those in quarantine first',
    tag: 'feedback',
    responses: { 200: { description: 'The sources', schema: feedbackSourceListSchema } },
  })
  async list(): Promise<{ data: FeedbackSourceView[] }> {
    return { data: (await this.database.feedback.sources()).map(viewSource) };
  }

  @Post(':id/release')
  @HttpCode(200)
  @Describe({
    summary: 'Trust a source again, and say whether what it said in quarantine is learnt',
    tag: 'feedback',
    params: { id: 'Id of the source' },
    body: releaseRequestSchema,
    responses: { 200: { description: 'It is trusted', schema: releaseSchema } },
  })
  async release(@Param('id') id: string, @Body() body: unknown): Promise<ReleaseView> {
    const { learn }: ReleaseRequest = parseRequest(releaseRequestSchema, body ?? {});
    return { id, models: await this.feedback.release(id, learn) };
  }
}
