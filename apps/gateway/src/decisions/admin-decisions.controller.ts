import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import {
  decisionDetailSchema,
  decisionPageSchema,
  decisionQuerySchema,
  DomainError,
} from '@zerorouter/contracts';
import type { DecisionDetail, DecisionPage, RouteExplanation } from '@zerorouter/contracts';
import type { Database, DecisionFilter, StoredDecision } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { viewFeedback } from '../feedback/feedback-view.js';
import { viewLabel } from '../labels/label-view.js';
import { Describe } from '../openapi/describe.js';
import { explainRecord } from '../simulate/explain-record.js';
import { DATABASE } from '../tokens.js';
import { viewDecisionForAdmin } from './decision-view.js';

@AccessLevel('admin')
@Controller('admin/v1/decisions')
export class AdminDecisionsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @Describe({
    summary: 'Search all decisions and page through them, newest first',
    tag: 'decisions',
    query: decisionQuerySchema,
    responses: { 200: { description: 'A page of decisions', schema: decisionPageSchema } },
  })
  async search(
    @Query(parseWith(decisionQuerySchema)) query: z.output<typeof decisionQuerySchema>,
  ): Promise<DecisionPage> {
    const { limit, before } = query;
    const records = await this.database.decisions.search(
      { limit, ...(before === undefined ? {} : { before }) },
      toFilter(query),
    );
    const calls = await this.database.calls.ofDecisions(records.map(({ id }) => id));
    return {
      data: records.map((record) => viewDecisionForAdmin(record, calls.get(record.id))),
      next: records.length < limit ? null : (records.at(-1)?.id ?? null),
    };
  }

  @Get(':id')
  @Describe({
    summary: 'Read a decision with its explanation, its feedback and its grades',
    tag: 'decisions',
    params: { id: 'Its id' },
    responses: { 200: { description: 'The decision', schema: decisionDetailSchema } },
  })
  async get(@Param('id') id: string): Promise<DecisionDetail> {
    const record = await this.database.decisions.get(id);
    if (record === null)
      throw new DomainError('decision-not-found', `there is no decision "${id}"`);
    const [explanation, feedback, labels, call] = await Promise.all([
      this.explain(record),
      this.database.feedback.ofDecision(id),
      this.database.labels.ofDecision(id),
      this.database.calls.ofDecision(id),
    ]);
    return {
      ...viewDecisionForAdmin(record, call),
      explanation,
      feedback: feedback.map(viewFeedback),
      labels: labels.map(viewLabel),
    };
  }

  private async explain(record: StoredDecision): Promise<RouteExplanation | null> {
    const { spaceVersion, profileVersions } = record;
    const space = await this.database.spaces.get(spaceVersion);
    if (space === null) return null;
    const profiles = await this.database.profiles.atVersions(spaceVersion, profileVersions);
    const { c_ref, T_ref } = space.manifest.referenceScales;
    return explainRecord(
      record,
      profiles.map((profile) => ({ profile, admittedAs: profile.model })),
      { costUsd: c_ref, latencyS: T_ref },
    );
  }
}

function toFilter({
  model,
  policy,
  key_id: keyId,
  from,
  to,
}: z.output<typeof decisionQuerySchema>): DecisionFilter {
  return {
    ...(model === undefined ? {} : { model }),
    ...(policy === undefined ? {} : { policy }),
    ...(keyId === undefined ? {} : { keyId }),
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
}
