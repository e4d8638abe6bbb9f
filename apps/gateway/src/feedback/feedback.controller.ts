import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import { feedbackRequestSchema, feedbackSchema } from '@zerorouter/contracts';
import type { FeedbackRequest, FeedbackView } from '@zerorouter/contracts';
import { AccessLevel, parseRequest, parseWith } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CurrentCaller } from '../access/caller.js';
import type { Caller } from '../access/caller.js';
import { Describe } from '../openapi/describe.js';
import { FeedbackService } from './feedback.service.js';
import { viewFeedback } from './feedback-view.js';

const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'must be 1 to 255 visible ASCII characters' })
  .optional();

const REPLAYED = {
  'idempotency-replayed': '`true` when the same feedback was stored before',
};

@AccessLevel('route', 'chat')
@Controller('v1/feedback')
export class FeedbackController {
  constructor(private readonly feedback: FeedbackService) {}

  @Post()
  @Describe({
    summary:
      'Say how good the answer to a decision of your own was; its model’s profile learns from it',
    tag: 'feedback',
    body: feedbackRequestSchema,
    requestHeaders: {
      'idempotency-key': 'The same key with the same content is the same feedback',
    },
    responses: {
      201: { description: 'The feedback, stored', schema: feedbackSchema },
      200: {
        description: 'The feedback, which was stored before',
        schema: feedbackSchema,
        headers: REPLAYED,
      },
    },
  })
  async give(
    @Body(parseWith(feedbackRequestSchema)) request: FeedbackRequest,
    @Headers('idempotency-key') header: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeedbackView> {
    const key = parseRequest(idempotencyKeySchema, header) ?? null;
    const { feedback, created } = await this.feedback.give(request, caller, key);
    void reply.status(created ? 201 : 200);
    if (!created) void reply.header('idempotency-replayed', 'true');
    return viewFeedback(feedback);
  }
}
