import type { Decision } from '@zerorouter/contracts';
import { formatCount, formatMs, formatUsd } from '../../format/format.js';

export interface ForecastCheck {
  /** Whose forecast it is: who answered, whoever was chosen. */
  model: string;
  rows: ForecastCheckRow[];
}

export interface ForecastCheckRow {
  name: string;
  predicted: number | null;
  realised: number | null;
  /** realised / predicted − 1; null where one of them is unknown, or nothing was predicted. */
  deviation: number | null;
  said: (value: number | null) => string;
}

/** What was expected of the call beside what came of it; null where no call has ended. */
export function checkForecast(
  decision: Pick<Decision, 'candidates' | 'query' | 'realised'>,
): ForecastCheck | null {
  const { candidates, query, realised } = decision;
  if (realised === undefined) return null;
  const forecast = candidates.find(({ model }) => model === realised.model);
  const { tokens } = realised;
  return {
    model: realised.model,
    rows: [
      row('Cost', forecast?.cost_usd, realised.cost_usd, formatUsd),
      row('Tokens in', query.tokens, tokens.input, formatCount),
      row('Tokens out', forecast?.output_tokens, tokens.output, formatCount),
      row('Latency', forecast?.latency_ms, realised.total_ms, formatMs),
    ],
  };
}

function row(
  name: string,
  predicted: number | null | undefined,
  realised: number | null,
  said: ForecastCheckRow['said'],
): ForecastCheckRow {
  const known = predicted != null && predicted > 0 && realised !== null;
  return {
    name,
    predicted: predicted ?? null,
    realised,
    deviation: known ? realised / predicted - 1 : null,
    said,
  };
}
