import { Controller, Delete, HttpCode, Inject, Param } from '@nestjs/common';
import { DomainError } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import { AccessLevel } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { DATABASE, DEFAULT_POLICY } from '../tokens.js';

/** Takes policies away that nothing else rests upon. */
@AccessLevel('admin')
@Controller('admin/v1/policies')
export class PolicyDeletionController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(DEFAULT_POLICY) private readonly defaultPolicy: { name: string },
  ) {}

  @Delete(':name')
  @HttpCode(204)
  @Describe({
    summary: 'Delete a policy with all its versions; decisions made under it stay',
    tag: 'policies',
    params: { name: 'Its name' },
    responses: { 204: { description: 'Deleted' } },
  })
  async delete(@Param('name') name: string): Promise<void> {
    if (Object.hasOwn(POLICY_PRESETS, name))
      throw new DomainError(
        'preset-policy',
        `"${name}" is a preset, which is there everywhere: it cannot be deleted`,
      );
    if (name === this.defaultPolicy.name)
      throw new DomainError(
        'policy-in-use',
        `"${name}" is the default policy: requests that name none would be refused. Set DEFAULT_POLICY to another one first`,
      );
    await this.database.policies.delete(name);
  }
}
