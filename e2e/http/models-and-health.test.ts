import { describe, expect, it } from '@jest/globals';
import {
  livenessSchema,
  modelListSchema,
  readinessSchema,
} from '../../packages/contracts/dist/index.js';
import { sharedClient } from '../stack/boot-stack.js';

const client = sharedClient();

describe('GET /v1/models', () => {
  it('lists the models that are routed to, and the policies as virtual ones', async () => {
    const answer = await client.get('/v1/models');
    expect(answer.status).toBe(200);
    const { data } = modelListSchema.parse(answer.body);
    const real = data.filter(({ zerorouter }) => zerorouter.kind === 'real').map(({ id }) => id);
    const virtual = data
      .filter(({ zerorouter }) => zerorouter.kind === 'virtual')
      .map(({ id }) => id);
    const { candidates } = await client.route({ query: 'Which models are there?' });
    expect(real.sort()).toEqual(candidates.map(({ model }) => model).sort());
    expect(virtual).toEqual(expect.arrayContaining(['auto']));
  });
});

describe('health', () => {
  it('is live and ready', async () => {
    const live = await client.get('/health/live');
    expect(live.status).toBe(200);
    livenessSchema.parse(live.body);
    const ready = await client.get('/health/ready');
    expect(ready.status).toBe(200);
    const { checks } = readinessSchema.parse(ready.body);
    expect(Object.values(checks).every(({ ok }) => ok)).toBe(true);
  });
});
