import type { RouteResponse } from '@zerorouter/contracts';

/** JSON of lists that cannot change any more. */
const written = new WeakMap<RouteResponse['candidates'], string>();

/**
 * A response as JSON. Its candidates, one for every model, are most of it and come last; where they are frozen they
 * are told again, and are written once.
 */
export function writeResponse({ candidates, ...rest }: RouteResponse): string {
  return `${JSON.stringify(rest).slice(0, -1)},"candidates":${jsonOf(candidates)}}`;
}

function jsonOf(candidates: RouteResponse['candidates']): string {
  if (!Object.isFrozen(candidates)) return JSON.stringify(candidates);
  let json = written.get(candidates);
  if (json === undefined) written.set(candidates, (json = JSON.stringify(candidates)));
  return json;
}
