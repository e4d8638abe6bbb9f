import { Controller, Get } from '@nestjs/common';
import { modelListSchema } from '@zerorouter/contracts';
import type { ModelList } from '@zerorouter/contracts';
import { AccessLevel } from '@zerorouter/platform';
import { CurrentCaller } from '../access/caller.js';
import type { Caller } from '../access/caller.js';
import { allowsModel, allowsPolicy } from '../admission/allow-lists.js';
import { Describe } from '../openapi/describe.js';
import { Registry } from '../registry/registry.js';
import { listModels } from './model-list.js';

@AccessLevel('route', 'chat')
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Describe({
    summary: 'List the models that you may use, and the virtual ones that stand for a policy',
    tag: 'models',
    responses: { 200: { description: 'As the OpenAI API lists them', schema: modelListSchema } },
  })
  list(@CurrentCaller() { limits }: Caller): ModelList {
    const { profiles, policies } = this.registry.current;
    if (limits === undefined) return listModels(profiles, policies);
    return listModels(
      profiles.filter(({ profile }) => allowsModel(limits, profile.model)),
      policies,
      (policy) => allowsPolicy(limits, policy),
    );
  }
}
