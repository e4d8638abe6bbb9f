import { queryOptions } from '@tanstack/react-query';
import {
  adminModelListSchema,
  anchorSetListSchema,
  apiKeyListSchema,
  decisionPageSchema,
  modelListSchema,
  policyListSchema,
  spaceListSchema,
} from '@zerorouter/contracts';
import { get } from './client.js';

const VIRTUAL = 'zerorouter/';

/** Names that a request may give: of models, and of policies; any key may ask. */
export const namesQuery = queryOptions({
  queryKey: ['names'],
  queryFn: async ({ signal }) => {
    const { data } = await get('/v1/models', modelListSchema, { signal });
    const names = (kind: 'real' | 'virtual') =>
      data.filter(({ zerorouter }) => zerorouter.kind === kind).map(({ id }) => id);
    return {
      models: names('real'),
      policies: names('virtual')
        .filter((id) => id.startsWith(VIRTUAL))
        .map((id) => id.slice(VIRTUAL.length)),
    };
  },
});

/** The models with their profiles in the active space, by name; no space, no models. */
export const profiledModelsQuery = queryOptions({
  queryKey: ['models', 'profiled'],
  queryFn: async ({ signal }) => {
    const spaces = await get('/admin/v1/spaces', spaceListSchema, { signal });
    const space = spaces.data.find(({ state }) => state === 'active') ?? null;
    if (space === null) return { space, models: [] };
    const query = { space_version: space.version };
    const { data } = await get('/admin/v1/models', adminModelListSchema, { signal, query });
    return { space, models: data.sort((a, b) => a.name.localeCompare(b.name)) };
  },
});

/** The newest decisions, enough to see where models stand today. */
export const recentDecisionsQuery = queryOptions({
  queryKey: ['decisions', 'recent'],
  staleTime: 30_000,
  queryFn: ({ signal }) =>
    get('/admin/v1/decisions', decisionPageSchema, { signal, query: { limit: 100 } }),
});

export const spacesQuery = queryOptions({
  queryKey: ['spaces'],
  queryFn: ({ signal }) => get('/admin/v1/spaces', spaceListSchema, { signal }),
});

export const anchorSetsQuery = queryOptions({
  queryKey: ['anchor-sets'],
  queryFn: ({ signal }) => get('/admin/v1/anchor-sets', anchorSetListSchema, { signal }),
});

export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: ({ signal }) => get('/admin/v1/policies', policyListSchema, { signal }),
});

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => get('/admin/v1/keys', apiKeyListSchema, { signal }),
});
