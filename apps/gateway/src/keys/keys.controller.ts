import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
} from '@nestjs/common';
import {
  apiKeyChangeSchema,
  apiKeyListSchema,
  apiKeyRequestSchema,
  apiKeySchema,
  DomainError,
  newApiKeySchema,
} from '@zerorouter/contracts';
import type { ApiKeyChange, ApiKeyRequest, ApiKeyView, NewApiKeyView } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { AccessLevel, generateApiKey, parseWith } from '@zerorouter/platform';
import { KeyRing } from '../access/key-ring.js';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';
import { checkPolicies, readKeyChanges, requireBudget } from './key-changes.js';
import { viewKeys } from './key-view.js';

const ID = { id: 'Its id' };

@AccessLevel('admin')
@Controller('admin/v1/keys')
export class KeysController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly ring: KeyRing,
  ) {}

  @Post()
  @HttpCode(201)
  @Describe({
    summary: 'Make an API key; this reply alone shows it',
    tag: 'keys',
    body: apiKeyRequestSchema,
    responses: { 201: { description: 'The key', schema: newApiKeySchema } },
  })
  async create(
    @Body(parseWith(apiKeyRequestSchema)) request: ApiKeyRequest,
  ): Promise<NewApiKeyView> {
    const { name, scopes, ...given } = request;
    const changes = readKeyChanges(given, new Date());
    requireBudget(changes.limits);
    await checkPolicies(changes, this.database.policies);
    const { key, hash, prefix } = generateApiKey();
    const stored = await this.database.keys.create({
      ...changes,
      name,
      scopes: [...new Set(scopes)],
      hash,
      prefix,
    });
    const [view] = await viewKeys([stored], this.database.keySpends);
    return { ...view!, key };
  }

  @Get()
  @Describe({
    summary: 'List the API keys with their limits and what they have spent, revoked ones too',
    tag: 'keys',
    responses: {
      200: { description: 'The keys, without their secrets', schema: apiKeyListSchema },
    },
  })
  async list(): Promise<{ data: ApiKeyView[] }> {
    return { data: await viewKeys(await this.database.keys.list(), this.database.keySpends) };
  }

  @Get(':id')
  @Describe({
    summary: 'Read an API key with its limits and what it has spent',
    tag: 'keys',
    params: ID,
    responses: { 200: { description: 'The key, without its secret', schema: apiKeySchema } },
  })
  async get(@Param('id') id: string): Promise<ApiKeyView> {
    const key = await this.database.keys.get(id);
    if (key === null) throw new DomainError('key-not-found', `there is no key "${id}"`);
    const [view] = await viewKeys([key], this.database.keySpends);
    return view!;
  }

  @Patch(':id')
  @Describe({
    summary: 'Change the name and the limits of an API key; null takes a limit away',
    tag: 'keys',
    params: ID,
    body: apiKeyChangeSchema,
    responses: { 200: { description: 'The key as it is now', schema: apiKeySchema } },
  })
  async change(
    @Param('id') id: string,
    @Body(parseWith(apiKeyChangeSchema)) change: ApiKeyChange,
  ): Promise<ApiKeyView> {
    const changes = readKeyChanges(change, new Date());
    await checkPolicies(changes, this.database.policies);
    const stored = await this.database.keys.update(id, ({ limits }) => {
      requireBudget({ ...limits, ...changes.limits });
      return changes;
    });
    this.ring.forgetAll();
    const [view] = await viewKeys([stored], this.database.keySpends);
    return view!;
  }

  @Delete(':id')
  @HttpCode(204)
  @Describe({
    summary: 'Revoke an API key',
    tag: 'keys',
    params: ID,
    responses: { 204: { description: 'Revoked' } },
  })
  async revoke(@Param('id') id: string): Promise<void> {
    await this.database.keys.revoke(id);
    // The other gateways are told by Postgres.
    this.ring.forgetAll();
  }
}
