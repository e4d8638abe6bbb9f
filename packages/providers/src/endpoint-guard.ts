import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { DomainError } from '@zerorouter/contracts';
import { buildConnector } from 'undici';
import { classifyAddress } from './address-class.js';

export type EndpointRefused = DomainError<'endpoint-refused'>;

export interface GuardOptions {
  /** Whether endpoints on this machine and on its own networks may be called (PROVIDER_ALLOW_PRIVATE). */
  allowPrivate: boolean;
}

/** Finds the addresses of a host; the system's resolver, unless a test puts another in its place. */
export type Resolve = (
  host: string,
  callback: (error: Error | null, addresses: { address: string; family: number }[]) => void,
) => void;

export interface GuardedConnectorOptions extends GuardOptions {
  connectTimeoutMs: number;
  resolve?: Resolve | undefined;
}

const ALLOW_PRIVATE =
  'set PROVIDER_ALLOW_PRIVATE=true if endpoints on this machine or on your own network (Ollama, vLLM) are meant to be called';

/**
 * Checks the URL of an endpoint as far as its text tells, before it is stored and before each call.
 * What its name resolves to is checked by the connector, on the address that is then used.
 *
 * Plain http is for addresses of the own network alone, and so for PROVIDER_ALLOW_PRIVATE: a key
 * and prompts never cross the internet in the clear, whatever the settings.
 *
 * @throws DomainError `endpoint-refused`, its details with a `reason`
 */
export function checkEndpointUrl(text: string, options: GuardOptions): URL {
  if (!URL.canParse(text)) throw refusal('not-a-url', 'the base URL', 'it is no URL');
  const url = new URL(text);
  // Never the URL as it is: it may hold credentials.
  const shown = `${url.protocol}//${url.host}`;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refusal('protocol', shown, 'only https:// and http:// can be called');
  }
  if (url.username !== '' || url.password !== '') {
    throw refusal(
      'credentials',
      shown,
      'its URL holds a user or a password: give the key as the deployment’s api_key',
    );
  }
  if (url.hash !== '') throw refusal('fragment', shown, 'a fragment (#…) is not sent to a server');
  const host = bareHost(url.hostname);
  if (isIP(host) !== 0) {
    checkAddress(host, url.protocol, shown, options);
  } else if (!options.allowPrivate && /(?:^|\.)localhost\.?$/.test(host)) {
    throw refusal('private-address', shown, `it is this machine; ${ALLOW_PRIVATE}`);
  } else if (!options.allowPrivate && url.protocol === 'http:') {
    throw plainHttp(shown);
  }
  return url;
}

/**
 * A connector for undici that looks at the very address that it connects to, so that a name which
 * resolves differently a moment later (DNS rebinding) gains nothing.
 */
export function guardedConnector(options: GuardedConnectorOptions): buildConnector.connector {
  const connectors = {
    'http:': connectorFor('http:', options),
    'https:': connectorFor('https:', options),
  };
  return (target, callback) => {
    const host = bareHost(target.hostname);
    try {
      // For an IP literal no lookup takes place.
      if (isIP(host) !== 0) checkAddress(host, target.protocol, host, options);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    connectors[target.protocol === 'https:' ? 'https:' : 'http:'](target, callback);
  };
}

function connectorFor(
  protocol: string,
  options: GuardedConnectorOptions,
): buildConnector.connector {
  return buildConnector({
    timeout: options.connectTimeoutMs,
    lookup: guardedLookup(protocol, options),
  });
}

/**
 * A lookup for `net.connect` that gives only addresses that may be called; of several, the ones that
 * may not are left out.
 */
export function guardedLookup(
  protocol: string,
  options: GuardOptions & { resolve?: Resolve | undefined },
): LookupFunction {
  const resolve = options.resolve ?? resolveBySystem;
  return (host, { all }, callback) => {
    resolve(host, (error, addresses) => {
      if (error !== null) return callback(error, '');
      let refused: Error | null = null;
      const allowed = addresses.filter(({ address }) => {
        try {
          checkAddress(address, protocol, `${protocol}//${host}`, options);
          return true;
        } catch (reason) {
          refused ??= reason as Error;
          return false;
        }
      });
      const [first] = allowed;
      if (first === undefined) {
        callback(refused ?? new Error(`${host} has no address`), '');
      } else if (all === true) {
        callback(null, allowed);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

const resolveBySystem: Resolve = (host, callback) => {
  systemLookup(host, { all: true }, callback);
};

function checkAddress(
  address: string,
  protocol: string,
  shown: string,
  { allowPrivate }: GuardOptions,
): void {
  const { reach, kind } = classifyAddress(address);
  switch (reach) {
    case 'never':
      throw refusal('forbidden-address', shown, `its address ${address} is ${kind}`);
    case 'own-network':
      if (allowPrivate) return;
      throw refusal(
        'private-address',
        shown,
        `its address ${address} is ${kind}; ${ALLOW_PRIVATE}`,
      );
    case 'public':
      if (protocol === 'http:') throw plainHttp(shown);
  }
}

function plainHttp(shown: string): EndpointRefused {
  return refusal(
    'plain-http',
    shown,
    'over plain http the key and the prompts could be read on the way: use https://; http:// is for your own network, with PROVIDER_ALLOW_PRIVATE=true',
  );
}

function refusal(reason: string, endpoint: string, why: string): EndpointRefused {
  return new DomainError('endpoint-refused', `The endpoint ${endpoint} is refused: ${why}`, {
    details: { reason },
  });
}

/** URLs write IPv6 addresses in brackets. */
function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
