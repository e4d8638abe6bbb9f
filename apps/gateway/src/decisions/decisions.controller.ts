import { Controller, Get, Inject, Param } from '@nestjs/common';
import { decisionSchema, DomainError } from '@zerorouter/contracts';
import type { Decision } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { AccessLevel } from '@zerorouter/platform';
import { CurrentCaller } from '../access/caller.js';
import type { Caller } from '../access/caller.js';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { viewDecision } from './decision-view.js';

@AccessLevel('route', 'chat')
@Controller('v1/decisions')
export class DecisionsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get(':id')
  @Describe({
    summary: 'Read a decision of your own',
    tag: 'decisions',
    params: { id: 'The `decision_id` of a reply' },
    responses: { 200: { description: 'The decision', schema: decisionSchema } },
  })
  async get(@Param('id') id: string, @CurrentCaller() { keyId }: Caller): Promise<Decision> {
    const record = await this.database.decisions.get(id, { keyId });
    if (record === null)
      throw new DomainError('decision-not-found', `you have made no decision "${id}"`);
    return viewDecision(record, await this.database.calls.ofDecision(id));
  }
}
