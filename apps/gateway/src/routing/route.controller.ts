import { Body, Controller, Header, HttpCode, Post, Res } from '@nestjs/common';
import { routeRequestSchema, routeResponseSchema } from '@zerorouter/contracts';
import type { RouteRequest } from '@zerorouter/contracts';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import { CurrentCaller } from '../access/caller.js';
import type { Caller } from '../access/caller.js';
import { AdmissionService } from '../admission/admission.service.js';
import { admitDecision } from '../admission/admit-decision.js';
import { Describe } from '../openapi/describe.js';
import { headerValue } from './header-value.js';
import { RouteService } from './route.service.js';
import { writeResponse } from './write-response.js';

@AccessLevel('route')
@Controller('v1/route')
export class RouteController {
  constructor(
    private readonly routing: RouteService,
    private readonly admission: AdmissionService,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('content-type', 'application/json; charset=utf-8')
  @Describe({
    summary: 'Decide which model should answer a query',
    tag: 'routing',
    body: routeRequestSchema,
    responses: {
      200: {
        description: 'The decision; it is stored when this reply leaves.',
        schema: routeResponseSchema,
        headers: {
          'x-zerorouter-model': 'The chosen model',
          'x-zerorouter-decision-id': 'The id of the decision',
          'x-zerorouter-policy': 'The policy that decided',
        },
      },
    },
  })
  async route(
    @Body(parseWith(routeRequestSchema)) request: RouteRequest,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const admitted = await admitDecision(this.admission, request, caller);
    const answer = await this.routing.route(admitted, caller);
    void reply.headers({
      'x-zerorouter-model': headerValue(answer.model),
      'x-zerorouter-decision-id': answer.decision_id,
      'x-zerorouter-policy': headerValue(answer.policy),
    });
    return writeResponse(answer);
  }
}
