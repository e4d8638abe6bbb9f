import { Body, Controller, Get, Inject, Param, Put, Query } from '@nestjs/common';
import { policyFromRequest } from '@zerorouter/administration';
import {
  DomainError,
  policyListSchema,
  policyNameSchema,
  policyQuerySchema,
  policyRequestSchema,
  policySchema,
  policyWriteSchema,
} from '@zerorouter/contracts';
import type { PolicyRequest, PolicyView, PolicyWriteView } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import { AccessLevel, parseRequest, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { previewPolicy, viewPolicy, viewPresets } from './policy-view.js';
import { requirePolicies } from './require-policies.js';

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
    return { data: [...viewPresets(), ...stored.map(viewPolicy)] };
  }

  @Get(':name')
  @Describe({
    summary: 'Read a policy',
    tag: 'policies',
    params: NAME,
    responses: { 200: { description: 'Its newest version', schema: policySchema } },
  })
  async get(@Param('name') name: string): Promise<PolicyView> {
    const preset = viewPresets().find((policy) => policy.name === name);
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
    await requirePolicies(this.database.policies, name, request.shadow);
    const policy = policyFromRequest(name, request);
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

export function policyNotFound(name: string): DomainError {
  return new DomainError(
    'policy-not-found',
    `there is no stored policy "${name}": PUT /admin/v1/policies/${name} makes it`,
  );
}
