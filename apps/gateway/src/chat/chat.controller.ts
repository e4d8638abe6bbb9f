import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { chatRequestSchema, openAiErrorSchema, passedRequestSchema } from '@zerorouter/contracts';
import { AccessLevel } from '@zerorouter/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller } from '../access/caller.js';
import type { Caller } from '../access/caller.js';
import { Describe } from '../openapi/describe.js';
import type { DescribedResponse } from '../openapi/describe.js';
import { CHAT_IDLE_TIMEOUT_MS } from '../tokens.js';
import { forwardedHeaders } from './pass-answer.js';
import { ProxyService } from './proxy.service.js';
import type { ProxyRequest } from './provider-calls.js';
import { sendProxied } from './proxy-reply.js';

const RESPONSES: Record<number, DescribedResponse> = {
  200: {
    description:
      'The answer of the provider, byte for byte; a stream of server-sent events where one is asked for.',
    headers: {
      'x-zerorouter-model': 'The model that answered',
      'x-zerorouter-policy': 'The policy that decided; `pinned` where the request names its model',
      'x-zerorouter-decision-id': 'The id of the decision, where one was made',
      'x-zerorouter-attempts': 'Every call that was made: `a/model;429, b/model;200`',
      'x-zerorouter-reason': 'Why this model, percent-encoded, where `explain` asks for it',
    },
  },
  400: {
    description: 'The request is wrong; told by us or by the provider',
    schema: openAiErrorSchema,
  },
  402: { description: 'The budget of the key is spent', schema: openAiErrorSchema },
  403: {
    description: 'The key may not use this model or policy',
    schema: openAiErrorSchema,
  },
  404: { description: 'There is no such model', schema: openAiErrorSchema },
  409: { description: 'The model has no deployment', schema: openAiErrorSchema },
  429: {
    description: 'The key is over its rate, or every provider over its own',
    schema: openAiErrorSchema,
  },
  502: { description: 'No provider answered', schema: openAiErrorSchema },
  503: {
    description: 'Every deployment rests; `Retry-After` says how long',
    schema: openAiErrorSchema,
  },
  504: { description: 'No provider began to answer in time', schema: openAiErrorSchema },
};

@AccessLevel('chat')
@Controller('v1')
export class ChatController {
  constructor(
    private readonly proxy: ProxyService,
    @Inject(CHAT_IDLE_TIMEOUT_MS) private readonly idle: { ms: number },
  ) {}

  @Post('chat/completions')
  @Describe({
    summary: 'Chat with a model, or with the one that a policy picks',
    tag: 'chat',
    body: chatRequestSchema,
    responses: RESPONSES,
  })
  async chat(
    @Req() request: FastifyRequest,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendProxied(reply, await this.proxy.chat(toProxy(request, caller, reply)), this.idle.ms);
  }

  @Post('embeddings')
  @Describe({
    summary: 'Pass a request for embeddings to a model',
    tag: 'chat',
    body: passedRequestSchema,
    responses: RESPONSES,
  })
  async embeddings(
    @Req() request: FastifyRequest,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const proxied = await this.proxy.pass('embeddings', toProxy(request, caller, reply));
    sendProxied(reply, proxied, this.idle.ms);
  }

  @Post('responses')
  @Describe({
    summary: 'Pass a request of the Responses API to a model',
    tag: 'chat',
    body: passedRequestSchema,
    responses: RESPONSES,
  })
  async responses(
    @Req() request: FastifyRequest,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const proxied = await this.proxy.pass('responses', toProxy(request, caller, reply));
    sendProxied(reply, proxied, this.idle.ms);
  }
}

function toProxy(request: FastifyRequest, caller: Caller, reply: FastifyReply): ProxyRequest {
  const left = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) left.abort();
  });
  return {
    bytes: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    headers: forwardedHeaders(request.headers),
    caller,
    signal: left.signal,
  };
}
