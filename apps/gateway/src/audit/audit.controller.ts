import { Controller, Get, Inject, Query } from '@nestjs/common';
import { auditPageSchema, auditQuerySchema } from '@zerorouter/contracts';
import type { AuditEntryView, AuditPage, AuditQuery } from '@zerorouter/contracts';
import type { AuditEntry, AuditFilter, Database } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { DATABASE } from '../tokens.js';

@AccessLevel('admin')
@Controller('admin/v1/audit')
export class AuditController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @Describe({
    summary: 'Read what was changed through /admin/v1, and what was refused, newest first',
    tag: 'audit',
    query: auditQuerySchema,
    responses: { 200: { description: 'A page of entries', schema: auditPageSchema } },
  })
  async search(@Query(parseWith(auditQuerySchema)) query: AuditQuery): Promise<AuditPage> {
    const { limit, before } = query;
    const entries = await this.database.audit.search(
      { limit, ...(before === undefined ? {} : { before }) },
      toFilter(query),
    );
    return {
      data: entries.map(viewEntry),
      next: entries.length < limit ? null : (entries.at(-1)?.id ?? null),
    };
  }
}

function toFilter({ key_id: keyId, action, target, refused, from, to }: AuditQuery): AuditFilter {
  return {
    ...(keyId === undefined ? {} : { keyId }),
    ...(action === undefined ? {} : { action }),
    ...(target === undefined ? {} : { target }),
    ...(refused === undefined ? {} : { refused: refused === 'true' }),
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
}

function viewEntry({ createdAt, keyId, requestId, ...entry }: AuditEntry): AuditEntryView {
  return { ...entry, at: createdAt.toISOString(), key_id: keyId, request_id: requestId };
}
