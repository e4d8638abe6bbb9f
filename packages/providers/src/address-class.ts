import ipaddr from 'ipaddr.js';

/**
 * `public`: somewhere on the internet. `own-network`: this machine or a network that is not routed
 * on the internet. `never`: nothing that serves models, whatever the settings.
 */
export type Reach = 'public' | 'own-network' | 'never';

export interface AddressClass {
  reach: Reach;
  /** What kind of address it is, for people. */
  kind: string;
}

const OWN_NETWORK: Readonly<Record<string, string>> = {
  loopback: 'loopback',
  private: 'private',
  carrierGradeNat: 'carrier-grade NAT',
  uniqueLocal: 'unique-local',
};

const NEVER: Readonly<Record<string, string>> = {
  linkLocal: 'link-local (cloud metadata lives there)',
  multicast: 'multicast',
  broadcast: 'broadcast',
  unspecified: 'unspecified (to reach this machine, write 127.0.0.1)',
};

/** Metadata services outside the link-local range: they hand out credentials of the machine. */
const METADATA = ['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'].map(
  (address) => ipaddr.parse(address).toNormalizedString(),
);

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
const NAT64_LOCAL = ipaddr.IPv6.parseCIDR('64:ff9b:1::/48');

/**
 * Classes an IP address by where a connection to it would end; an IPv6 address that carries an IPv4
 * one (mapped, NAT64, 6to4) goes where that one goes.
 *
 * @throws RangeError for what is no IP address
 */
export function classifyAddress(address: string): AddressClass {
  if (!ipaddr.isValid(address)) throw new RangeError(`"${address}" is no IP address`);
  const parsed = ipaddr.parse(address);
  if (METADATA.includes(parsed.toNormalizedString())) {
    return { reach: 'never', kind: 'cloud metadata' };
  }
  return parsed instanceof ipaddr.IPv6 ? classifyIpv6(parsed) : classifyIpv4(parsed);
}

function classifyIpv4(address: ipaddr.IPv4): AddressClass {
  const range = address.range();
  return range === 'unicast' ? { reach: 'public', kind: 'public' } : classifyRange(range);
}

function classifyIpv6(address: ipaddr.IPv6): AddressClass {
  const embedded = embeddedIpv4(address);
  if (embedded !== null) return classifyAddress(embedded);
  const range = address.range();
  if (range === 'unicast') {
    return address.match(GLOBAL_UNICAST)
      ? { reach: 'public', kind: 'public' }
      : { reach: 'never', kind: 'reserved' };
  }
  return classifyRange(range);
}

function classifyRange(range: string): AddressClass {
  const own = OWN_NETWORK[range];
  return own === undefined
    ? { reach: 'never', kind: NEVER[range] ?? 'reserved' }
    : { reach: 'own-network', kind: own };
}

/** The IPv4 address that a translator on the way would send to; null where there is none. */
function embeddedIpv4(address: ipaddr.IPv6): string | null {
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === '6to4') return bytes.slice(2, 6).join('.');
  // A network's own translator (NAT64) says nothing of where in the address the other one stands.
  const translated = range === 'rfc6052' && !address.match(NAT64_LOCAL);
  return translated || range === 'ipv4Mapped' || range === 'rfc6145'
    ? bytes.slice(12).join('.')
    : null;
}
