import { Controller, Get } from '@nestjs/common';
import { modelListSchema } from '@zerorouter/contracts';
import type { ModelList } from '@zerorouter/contracts';
import { AccessLevel } from '@zerorouter/platform';
import { Describe } from '../openapi/describe.js';
import { Registry } from '../registry/registry.js';
import { listModels } from './model-list.js';

@AccessLevel('route')
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Describe({
    summary: 'List the models, and the virtual ones that stand for a policy',
    tag: 'models',
    responses: { 200: { description: 'As the OpenAI API lists them', schema: modelListSchema } },
  })
  list(): ModelList {
    const { profiles, policies } = this.registry.current;
    return listModels(profiles, policies);
  }
}
