import { isDeepStrictEqual } from 'node:util';
import { Body, Controller, Get, Inject, Param, Put, Query } from '@nestjs/common';
import {
  DomainError,
  policyListSchema,
  policyNameSchema,
  policyQuerySchema,
  policyRequestSchema,
  policySchema,
  policyWriteSchema,
} from '@zerorouter/contracts';
import type {
  PolicyBudgetInput,
  PolicyRequest,
  PolicyView,
  PolicyWriteView,
} from '@zerorouter/contracts';
import type { Database, NewPolicy, Policy, PolicyBudget } from '@zerorouter/database';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import { AccessLevel, parseRequest, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { toHardConstraints, viewHardConstraints } from './hard-constraints.js';

const NAME = { name: 'Its name' };

@AccessLevel('admin')
@Controller('admin/v1/policies')
export class PoliciesController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @Describe({
    summary: 'List the policies that requests may name: presets and stored ones',
    tag: 'policies',
    responses: { 200: { description: 'The newest version of each', schema: policyListSchema } },
  })
  async list(): Promise<{ data: PolicyView[] }> {
    const stored = await this.database.policies.list();
    return { data: [...presets(), ...stored.map(viewPolicy)] };
  }

  @Get(':name')
  @Describe({
    summary: 'Read a policy',
    tag: 'policies',
    params: NAME,
    responses: { 200: { description: 'Its newest version', schema: policySchema } },
  })
  async get(@Param('name') name: string): Promise<PolicyView> {
    const preset = presets().find((policy) => policy.name === name);
    if (preset !== undefined) return preset;
    const policy = await this.database.policies.get(name);
    if (policy === null) throw policyNotFound(name);
    return viewPolicy(policy);
  }

  @Get(':name/versions')
  @Describe({
    summary: 'List all versions of a stored policy, newest first',
    tag: 'policies',
    params: NAME,
    responses: { 200: { description: 'Its versions', schema: policyListSchema } },
  })
  async versions(@Param('name') name: string): Promise<{ data: PolicyView[] }> {
    const versions = await this.database.policies.versions(name);
    if (versions.length === 0) throw policyNotFound(name);
    return { data: versions.map(viewPolicy) };
  }

  @Put(':name')
  @Describe({
    summary: 'Store a new version of a policy, or try whether it could be stored',
    tag: 'policies',
    params: NAME,
    query: policyQuerySchema,
    body: policyRequestSchema,
    responses: {
      200: {
        description: 'The newest version; of a dry run, what it would be',
        schema: policyWriteSchema,
      },
    },
  })
  async put(
    @Param('name') name: string,
    @Query(parseWith(policyQuerySchema)) query: z.output<typeof policyQuerySchema>,
    @Body(parseWith(policyRequestSchema)) request: PolicyRequest,
  ): Promise<PolicyWriteView> {
    parseRequest(policyNameSchema, name);
    if (Object.hasOwn(POLICY_PRESETS, name))
      throw new DomainError(
        'preset-policy',
        `"${name}" is a preset, which means the same everywhere: store yours under another name`,
      );
    const policy = {
      name,
      weights: request.weights,
      constraints: toHardConstraints(request.constraints),
      budget: request.budget === undefined ? null : toBudget(request.budget),
    };
    const before = await this.database.policies.get(name);
    if (query.dry_run === 'true') return previewPolicy(policy, before);
    const stored = await this.database.policies.put(policy);
    return {
      ...viewPolicy(stored),
      changed: stored.version !== before?.version,
      dry_run: false,
    };
  }
}

function previewPolicy(policy: Required<NewPolicy>, newest: Policy | null): PolicyWriteView {
  const unchanged =
    newest !== null &&
    isDeepStrictEqual(
      [newest.weights, newest.constraints, newest.budget],
      [policy.weights, policy.constraints, policy.budget],
    );
  return unchanged
    ? { ...viewPolicy(newest), changed: false, dry_run: true }
    : {
        name: policy.name,
        version: (newest?.version ?? 0) + 1,
        weights: policy.weights,
        constraints: viewHardConstraints(policy.constraints),
        ...viewBudget(policy.budget),
        created_at: null,
        changed: true,
        dry_run: true,
      };
}

function presets(): PolicyView[] {
  return Object.entries(POLICY_PRESETS).map(([name, weights]) => ({
    name,
    version: 0,
    weights: { ...weights },
    constraints: {},
    created_at: null,
  }));
}

function viewPolicy({
  name,
  version,
  weights,
  constraints,
  budget,
  createdAt,
}: Policy): PolicyView {
  return {
    name,
    version,
    weights: { ...weights },
    constraints: viewHardConstraints(constraints),
    ...viewBudget(budget),
    created_at: createdAt.toISOString(),
  };
}

function toBudget({ usd, period, expected_queries }: PolicyBudgetInput): PolicyBudget {
  return {
    usd,
    period,
    ...(expected_queries === undefined ? {} : { expectedQueries: expected_queries }),
  };
}

function viewBudget(budget: PolicyBudget | null): Pick<PolicyView, 'budget'> {
  if (budget === null) return {};
  const { usd, period, expectedQueries } = budget;
  return {
    budget: {
      usd,
      period,
      ...(expectedQueries === undefined ? {} : { expected_queries: expectedQueries }),
    },
  };
}

function policyNotFound(name: string): DomainError {
  return new DomainError(
    'policy-not-found',
    `there is no stored policy "${name}": PUT /admin/v1/policies/${name} makes it`,
  );
}
