import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  apiKeyListSchema,
  apiKeyRequestSchema,
  DomainError,
  newApiKeySchema,
} from '@zerorouter/contracts';
import type { ApiKeyView, NewApiKeyView } from '@zerorouter/contracts';
import type { ApiKey, Database } from '@zerorouter/database';
import { AccessLevel, generateApiKey, parseWith } from '@zerorouter/platform';
import type { z } from 'zod';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';

@AccessLevel('admin')
@Controller('admin/v1/keys')
export class KeysController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Post()
  @HttpCode(201)
  @Describe({
    summary: 'Make an API key; this reply alone shows it',
    tag: 'keys',
    body: apiKeyRequestSchema,
    responses: { 201: { description: 'The key', schema: newApiKeySchema } },
  })
  async create(
    @Body(parseWith(apiKeyRequestSchema)) request: z.output<typeof apiKeyRequestSchema>,
  ): Promise<NewApiKeyView> {
    const { key, hash, prefix } = generateApiKey();
    const scopes = [...new Set(request.scopes)];
    const stored = await this.database.keys.create({ name: request.name, scopes, hash, prefix });
    return { ...viewKey(stored), key };
  }

  @Get()
  @Describe({
    summary: 'List the API keys, revoked ones too',
    tag: 'keys',
    responses: {
      200: { description: 'The keys, without their secrets', schema: apiKeyListSchema },
    },
  })
  async list(): Promise<{ data: ApiKeyView[] }> {
    return { data: (await this.database.keys.list()).map(viewKey) };
  }

  @Delete(':id')
  @HttpCode(204)
  @Describe({
    summary: 'Revoke an API key',
    tag: 'keys',
    params: { id: 'Its id' },
    responses: { 204: { description: 'Revoked' } },
  })
  async revoke(@Param('id') id: string): Promise<void> {
    const usable = (await this.database.keys.list()).filter(({ revokedAt }) => revokedAt === null);
    const admins = usable.filter(({ scopes }) => scopes.includes('admin'));
    if (admins.length === 1 && admins[0]?.id === id)
      throw new DomainError(
        'last-admin-key',
        'this is the last key with the scope "admin": make another before you revoke it',
      );
    await this.database.keys.revoke(id);
  }
}

function viewKey({ id, name, scopes, prefix, createdAt, revokedAt }: ApiKey): ApiKeyView {
  return {
    id,
    name,
    scopes,
    prefix,
    created_at: createdAt.toISOString(),
    revoked_at: revokedAt?.toISOString() ?? null,
  };
}
