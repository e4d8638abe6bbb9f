import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import {
  collectedOnboardingSchema,
  onboardingLimitsSchema,
  onboardingQuoteSchema,
  onboardingRequestSchema,
  onboardingSchema,
} from '@zerorouter/contracts';
import type { OnboardingLimits, OnboardingQuote, OnboardingView } from '@zerorouter/contracts';
import { AccessLevel, parseRequest, parseWith } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import { Describe } from '../openapi/describe.js';
import { OnboardingService } from './onboarding.service.js';
import { viewOnboarding } from './onboarding-view.js';

const MODEL = { id: 'Id of the model, or its URL-encoded name' };

@AccessLevel('admin')
@Controller('admin/v1/models/:id/onboardings')
export class ModelOnboardingsController {
  constructor(private readonly onboardings: OnboardingService) {}

  @Post('quote')
  @HttpCode(200)
  @Describe({
    summary: 'What measuring a model would cost, take and tell; nothing is called',
    tag: 'onboarding',
    params: MODEL,
    body: onboardingLimitsSchema,
    responses: { 200: { description: 'The quote', schema: onboardingQuoteSchema } },
  })
  quote(
    @Param('id') id: string,
    @Body(parseWith(onboardingLimitsSchema)) limits: OnboardingLimits,
  ): Promise<OnboardingQuote> {
    return this.onboardings.quote(id, limits);
  }

  @Post()
  @HttpCode(202)
  @Describe({
    summary: 'Measure a model on anchors: asked live, or from `responses` collected elsewhere',
    tag: 'onboarding',
    params: MODEL,
    body: onboardingRequestSchema,
    responses: {
      202: {
        description: 'The onboarding, queued',
        schema: onboardingSchema,
        headers: { location: 'Where to watch it' },
      },
    },
  })
  async create(
    @Param('id') id: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OnboardingView> {
    // Each by its own schema: what is wrong is told of the one that was meant.
    const onboarding = hasResponses(body)
      ? await this.onboardings.collect(id, parseRequest(collectedOnboardingSchema, body))
      : await this.onboardings.ask(id, parseRequest(onboardingLimitsSchema, body ?? {}));
    void reply.header('location', `/admin/v1/onboardings/${onboarding.id}`);
    return viewOnboarding(onboarding);
  }
}

function hasResponses(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'responses' in body;
}
