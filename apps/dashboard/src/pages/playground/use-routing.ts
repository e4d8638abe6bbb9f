import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { routeResponseSchema } from '@zerorouter/contracts';
import type { RouteResponse } from '@zerorouter/contracts';
import { useEffect, useMemo, useState } from 'react';
import { send } from '../../api/client.js';
import { isUsable, PRESETS } from './policy-weights.js';
import type { Weights } from './policy-weights.js';
import { unitTerms } from './rerank.js';
import type { UnitTerms } from './rerank.js';

/** How long a pause is that the router is asked after, ms. */
const PAUSE_MS = 450;

export interface Question {
  text: string;
  /** Globs, between commas; empty = all models. */
  models: string;
  weights: Weights;
}

interface Answered {
  question: Question;
  response: RouteResponse;
}

/**
 * Asks the router after each pause, once for each question. `units` let the choice follow the weights at
 * once: they hold for the text of the newest answer, whatever its weights.
 */
export function useRouting(question: Question) {
  const [asked] = useDebouncedValue(question, PAUSE_MS);
  const hasText = asked.text.trim() !== '';
  const query = useQuery({
    queryKey: ['route', asked],
    enabled: hasText && isUsable(asked.weights),
    queryFn: async ({ signal }): Promise<Answered> => ({
      question: asked,
      response: await ask(asked, signal),
    }),
    placeholderData: keepPreviousData,
    // Every call is a decision that is stored.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const answered = hasText ? query.data : undefined;
  return {
    query,
    answered,
    units: useUnits(answered),
    isWaiting: asked !== question || query.isFetching,
  };
}

async function ask({ text, models, weights }: Question, signal: AbortSignal) {
  const globs = models
    .split(',')
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '');
  const body = {
    query: text,
    policy: { weights },
    explain: true,
    ...(globs.length === 0 ? {} : { models: globs }),
  };
  return send('POST', '/v1/route', body, routeResponseSchema, { signal });
}

interface KnownUnits {
  of: string;
  units: UnitTerms[];
}

const subject = ({ text, models }: Question) => JSON.stringify([text, models]);

/** Kept for a text while one of its answers' weights is 0, which hides the term of that weight. */
function useUnits(answered: Answered | undefined): UnitTerms[] | null {
  const [kept, setKept] = useState<KnownUnits | null>(null);
  const fresh = useMemo((): KnownUnits | null => {
    if (answered === undefined) return null;
    const units = unitTerms(answered.response, answered.question.weights);
    return units && { of: subject(answered.question), units };
  }, [answered]);
  useEffect(() => {
    if (fresh !== null) setKept(fresh);
  }, [fresh]);
  const known = fresh ?? kept;
  return answered !== undefined && known?.of === subject(answered.question) ? known.units : null;
}

export const FIRST_WEIGHTS = PRESETS['balanced']!;
