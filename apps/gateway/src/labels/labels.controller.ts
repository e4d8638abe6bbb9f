import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import {
  labelPageSchema,
  labelQuerySchema,
  labelsRequestSchema,
  labelsResponseSchema,
  labelSuggestionsRequestSchema,
  labelSuggestionsSchema,
} from '@zerorouter/contracts';
import type {
  LabelPage,
  LabelsRequest,
  LabelsResponse,
  LabelSuggestions,
  LabelSuggestionsRequest,
} from '@zerorouter/contracts';
import type { Database, RoutedQuery } from '@zerorouter/database';
import { learnLabel, suggestLabels, traceRegret } from '@zerorouter/onboarding';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { CurrentCaller } from '../access/caller.js';
import type { Caller } from '../access/caller.js';
import { Describe } from '../openapi/describe.js';
import { Registry } from '../registry/registry.js';
import { resolvePolicy } from '../routing/policy.js';
import { DATABASE } from '../tokens.js';
import { requireSpace } from '../registry/require-space.js';
import { toGradableQuery } from './gradable-query.js';
import type { RoutingTerms } from './gradable-query.js';
import { viewEffect, viewLabel } from './label-view.js';

/** Newest decisions that may be graded, and that the effect of grades is computed on. */
const MOST_DECISIONS = 2_000;
const MOST_TRAFFIC = 500;
const SEED = 1;
/** Live requests share this thread. */
const options = { seed: SEED, pause: () => yieldToOthers() };

@AccessLevel('admin')
@Controller('admin/v1/labels')
export class LabelsController {
  constructor(
    private readonly registry: Registry,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Post('suggestions')
  @HttpCode(200)
  @Describe({
    summary:
      'Name the recent queries, and the model to grade on each, whose grades would improve routing most',
    tag: 'feedback',
    body: labelSuggestionsRequestSchema,
    responses: {
      200: { description: 'What to grade, the most telling first', schema: labelSuggestionsSchema },
    },
  })
  async suggest(
    @Body(parseWith(labelSuggestionsRequestSchema)) request: LabelSuggestionsRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<LabelSuggestions> {
    const { version, terms, policies } = this.routing();
    const { limit, policy, since, key_id: keyId = caller.keyId } = request;
    const resolved = policy === undefined ? undefined : resolvePolicy(policy, policies);
    const records = await this.database.labels.recent({
      keyIds: [keyId],
      spaceVersion: version,
      limit: MOST_DECISIONS,
      ...(since === undefined ? {} : { since: new Date(since) }),
    });
    const queries = await readQueries(records, { ...terms, policy: resolved });
    const abilities = terms.profiles.map(({ profile }) => profile.ability);
    const suggestions = await suggestLabels(abilities, queries, { limit, ...options });
    return {
      space_version: version,
      decisions: records.length,
      suggestions: suggestions.map(({ query, model, gain }) => ({
        decision_id: records[query]!.id,
        created_at: records[query]!.createdAt.toISOString(),
        text_hash: records[query]!.textHash,
        chosen_model: records[query]!.model,
        model: terms.profiles[model]!.profile.model,
        expected_gain: gain,
      })),
    };
  }

  @Post()
  @HttpCode(200)
  @Describe({
    summary:
      'Grade models on queries of decisions: their profiles learn, and the regret removed is told',
    tag: 'feedback',
    body: labelsRequestSchema,
    responses: {
      200: { description: 'The grades, and what each has changed', schema: labelsResponseSchema },
    },
  })
  async grade(
    @Body(parseWith(labelsRequestSchema)) { labels }: LabelsRequest,
    @CurrentCaller() { keyId }: Caller,
  ): Promise<LabelsResponse> {
    const { version, terms } = this.routing();
    const grades = labels.map(({ decision_id: decisionId, ...grade }) => ({
      decisionId,
      ...grade,
    }));
    const { learnt, keyIds } = await this.database.labels.grade(
      // The guard lets no caller without a key in here.
      { keyId: keyId!, spaceVersion: version, grades },
      ({ ability, latents, score, earlier }) => {
        const { mean, covariance } = learnLabel(ability, latents, score, earlier);
        return { mean: [...mean], covariance: [...covariance] };
      },
    );
    const records = await this.database.labels.recent({
      keyIds,
      spaceVersion: version,
      limit: MOST_TRAFFIC,
    });
    const models = terms.profiles.map(({ profile }) => profile.model);
    const abilities = terms.profiles.map(
      ({ profile }) =>
        learnt.find(({ label }) => label.model === profile.model)?.before ?? profile.ability,
    );
    const effects = await traceRegret(
      abilities,
      learnt.map(({ label, created, after }) => {
        const model = models.indexOf(label.model);
        return { model: created && model >= 0 ? model : null, ability: after };
      }),
      await readQueries(records, terms),
      options,
    );
    return {
      labels: learnt.map(({ label, created }, i) => ({
        ...viewLabel(label),
        created,
        effect: viewEffect(effects.each[i]!),
      })),
      total: viewEffect(effects.total),
      traffic: effects.traffic,
    };
  }

  @Get()
  @Describe({
    summary: 'Page through the grades that were given, newest first',
    tag: 'feedback',
    query: labelQuerySchema,
    responses: { 200: { description: 'A page of grades', schema: labelPageSchema } },
  })
  async list(
    @Query(parseWith(labelQuerySchema)) { limit, before }: z.output<typeof labelQuerySchema>,
  ): Promise<LabelPage> {
    const labels = await this.database.labels.list({
      limit,
      ...(before === undefined ? {} : { before }),
    });
    return {
      data: labels.map(viewLabel),
      next: labels.length < limit ? null : (labels.at(-1)?.id ?? null),
    };
  }

  /** @throws DomainError `no-active-space` */
  private routing() {
    const { profiles, policies, ...current } = this.registry.current;
    const space = requireSpace(current.space);
    const { version, referenceScales, guarantee } = space.manifest;
    const scales = { costUsd: referenceScales.c_ref, latencyS: referenceScales.T_ref };
    return { version, policies, terms: { profiles, scales, guarantee } };
  }
}

async function readQueries(records: readonly RoutedQuery[], terms: RoutingTerms) {
  const queries = [];
  for (const record of records) {
    queries.push(toGradableQuery(record, terms));
    await options.pause();
  }
  return queries;
}
