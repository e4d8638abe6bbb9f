import { livenessSchema, readinessSchema } from '@zerorouter/contracts';
import { z } from 'zod';
import { GATEWAY_CONTROLLERS } from '../gateway.module.js';
import { describeApi } from './document.js';

/** The document of every endpoint, those of the health controller included. */
export function describeGateway() {
  return describeApi(GATEWAY_CONTROLLERS, [
    {
      path: '/health/live',
      method: 'get',
      access: 'open',
      description: {
        summary: 'Whether the process runs',
        tag: 'health',
        responses: { 200: { description: 'It does', schema: livenessSchema } },
      },
    },
    {
      path: '/health/ready',
      method: 'get',
      access: 'open',
      description: {
        summary: 'Whether Postgres, the queue, a predictor and a space are there',
        tag: 'health',
        responses: { 200: { description: 'They are', schema: readinessSchema } },
      },
    },
    {
      path: '/metrics',
      method: 'get',
      access: ['metrics'],
      description: {
        summary: 'Figures of this gateway, for Prometheus',
        tag: 'operations',
        responses: {
          200: {
            description: 'In the text format of Prometheus',
            schema: z.string(),
            mediaType: 'text/plain',
          },
        },
      },
    },
  ]);
}
