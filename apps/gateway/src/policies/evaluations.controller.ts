import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { policyEvaluationRequestSchema, policyEvaluationSchema } from '@zerorouter/contracts';
import type {
  PolicyEvaluationRequest,
  PolicyEvaluationView,
  PolicyValueView,
} from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { evaluatePolicy, measureOverlap } from '@zerorouter/learning';
import type { CandidateEstimates, LoggedChoice, Reward } from '@zerorouter/learning';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { Registry } from '../registry/registry.js';
import { resolvePolicy } from '../routing/policy.js';
import { DATABASE } from '../tokens.js';
import { toHardConstraints, viewHardConstraints } from './hard-constraints.js';
import { replayLog } from './replay-log.js';
import { viewEstimate } from './view-estimate.js';
import { warnOfOverlap } from './warn-of-overlap.js';

@AccessLevel('admin')
@Controller('admin/v1/policies/evaluations')
export class EvaluationsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly registry: Registry,
  ) {}

  @Post()
  @HttpCode(200)
  @Describe({
    summary:
      'Estimate what a policy would have brought on decisions whose answers were judged; no model is called',
    tag: 'policies',
    body: policyEvaluationRequestSchema,
    responses: {
      200: { description: 'Estimates, and how far they carry', schema: policyEvaluationSchema },
    },
  })
  async evaluate(
    @Body(parseWith(policyEvaluationRequestSchema)) request: PolicyEvaluationRequest,
  ): Promise<PolicyEvaluationView> {
    const { limit, from, to } = request;
    const policy = resolvePolicy(request.policy, this.registry.current.policies);
    const constraints = {
      ...policy.constraints,
      ...toHardConstraints(request.constraints ?? {}),
    };
    const judged = await this.database.policyEvidence.judged({
      limit,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    });
    const { weights } = policy;
    const log = await replayLog(this.database, judged, { weights, constraints });
    const choices = log.replayed.map(({ choice }) => choice);
    const overlap = measureOverlap(choices);
    const value = (reward: 'score' | 'costUsd' | 'utility') =>
      viewValue(
        log.replayed.flatMap(({ choice, [reward]: brought }) =>
          brought === null ? [] : [{ choice, brought }],
        ),
      );
    return {
      policy: policy.label,
      weights: { ...weights },
      constraints: viewHardConstraints(constraints),
      decisions: choices.length,
      from: judged.at(-1)?.decision.createdAt.toISOString() ?? null,
      to: judged[0]?.decision.createdAt.toISOString() ?? null,
      undecided: log.undecided,
      left_out: log.unknown,
      score: value('score'),
      cost_usd: value('costUsd'),
      utility: value('utility'),
      overlap: {
        agreement: overlap.agreement,
        effective_sample_size: overlap.effectiveSampleSize,
        mean_weight: overlap.meanWeight,
        certain: overlap.certain,
      },
      warning: warnOfOverlap(overlap),
    };
  }
}

/** Of those decisions of which the reward is known. */
function viewValue(
  known: readonly { choice: LoggedChoice; brought: Reward }[],
): PolicyValueView | null {
  const value = evaluatePolicy(
    known.map(({ choice }) => choice),
    known.map(({ brought }) => brought),
  );
  return (
    value && {
      decisions: known.length,
      logged: viewEstimate(value.logged),
      candidate: viewCandidate(value.candidate),
      difference: viewCandidate(value.difference),
    }
  );
}

function viewCandidate({
  selfNormalised,
  doublyRobust,
}: CandidateEstimates): PolicyValueView['candidate'] {
  return {
    self_normalised: selfNormalised && viewEstimate(selfNormalised),
    doubly_robust: viewEstimate(doublyRobust),
  };
}
