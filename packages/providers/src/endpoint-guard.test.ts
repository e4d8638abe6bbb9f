import { describe, expect, it } from '@jest/globals';
import { classifyAddress } from './address-class.js';
import {
  checkEndpointUrl,
  guardedConnector,
  guardedLookup,
  type Resolve,
} from './endpoint-guard.js';

const reasonOf = (url: string, allowPrivate = false): string => {
  try {
    checkEndpointUrl(url, { allowPrivate });
    return 'passed';
  } catch (error) {
    expect(error).toMatchObject({ code: 'endpoint-refused' });
    return String((error as { details: { reason: unknown } }).details.reason);
  }
};

describe('classifyAddress', () => {
  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
  ])('takes %s for public', (address) => expect(classifyAddress(address).reach).toBe('public'));

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fc00::1',
    'fdff:ffff::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '2002:7f00:1::1',
    '2002:c0a8:101::1',
  ])('takes %s for the own network', (address) =>
    expect(classifyAddress(address).reach).toBe('own-network'),
  );

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '::',
    '::7f00:1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'fd00:ec2::254',
    'fd00:0ec2:0:0:0:0:0:0254',
    '2001:db8::1',
    '2001:0:7f00:1::1',
    '64:ff9b:1::a00:1',
    '100::1',
    '4000::1',
    '::ffff:169.254.169.254',
    '::ffff:100.100.100.200',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
  ])('never takes %s', (address) => expect(classifyAddress(address).reach).toBe('never'));

  it('refuses what is no address', () => {
    expect(() => classifyAddress('example.com')).toThrow(RangeError);
  });
});

describe('checkEndpointUrl', () => {
  it.each([
    'https://api.example.com/v1',
    'https://api.example.com:8443/openai/v1?api-version=1',
    'https://8.8.8.8/v1',
    'https://[2606:4700::1111]/v1',
  ])('passes %s', (url) => {
    expect(reasonOf(url)).toBe('passed');
    expect(reasonOf(url, true)).toBe('passed');
  });

  it.each([
    ['not a url', 'not-a-url'],
    ['ftp://api.example.com/', 'protocol'],
    ['file:///etc/passwd', 'protocol'],
    ['https://user:secret@api.example.com/v1', 'credentials'],
    ['https://user@api.example.com/v1', 'credentials'],
    ['https://api.example.com/v1#part', 'fragment'],
    ['https://169.254.169.254/latest', 'forbidden-address'],
    ['https://[fe80::1]/v1', 'forbidden-address'],
    ['https://[::ffff:169.254.169.254]/v1', 'forbidden-address'],
    ['https://2852039166/v1', 'forbidden-address'],
    ['https://api.example.com@169.254.169.254/v1', 'credentials'],
    ['https://[fe80::1%25eth0]/v1', 'not-a-url'],
    ['https://0.0.0.0/v1', 'forbidden-address'],
    ['https://0/v1', 'forbidden-address'],
    ['http://8.8.8.8/v1', 'plain-http'],
    ['http://[2606:4700::1111]/v1', 'plain-http'],
  ])('refuses %s whatever the settings: %s', (url, reason) => {
    expect([reasonOf(url), reasonOf(url, true)]).toEqual([reason, reason]);
  });

  it.each([
    ['https://127.0.0.1/v1', 'private-address'],
    ['https://2130706433/v1', 'private-address'],
    ['https://0x7f000001/v1', 'private-address'],
    ['https://0177.0.0.1/v1', 'private-address'],
    ['https://127.1/v1', 'private-address'],
    ['https://0x7f.1/v1', 'private-address'],
    ['https://017700000001/v1', 'private-address'],
    ['https://[::ffff:7f00:1]/v1', 'private-address'],
    ['https://[64:ff9b::10.0.0.1]/v1', 'private-address'],
    ['https:\\\\127.0.0.1\\v1', 'private-address'],
    ['https://127.0.0.1\t/v1', 'private-address'],
    ['https://127.0.0.1./v1', 'private-address'],
    ['https://①②⑦.0.0.1/v1', 'private-address'],
    ['https://[::ffff:127.0.0.1]/v1', 'private-address'],
    ['https://[::1]/v1', 'private-address'],
    ['https://[fd12::1]:8000/v1', 'private-address'],
    ['https://LOCALHOST/v1', 'private-address'],
    ['https://ollama.localhost./v1', 'private-address'],
    ['http://192.168.1.5:11434/v1', 'private-address'],
    ['http://localhost:11434/v1', 'private-address'],
    ['http://ollama:11434/v1', 'plain-http'],
  ])('refuses %s (%s) unless private endpoints are allowed', (url, reason) => {
    expect([reasonOf(url), reasonOf(url, true)]).toEqual([reason, 'passed']);
  });

  it('repeats no credentials', () => {
    const check = () =>
      checkEndpointUrl('https://user:secret@api.example.com/v1', { allowPrivate: false });
    expect(check).toThrow(/https:\/\/api\.example\.com is refused/);
    expect(check).not.toThrow(/secret|user:/);
  });
});

describe('guardedLookup', () => {
  const lookUp = (addresses: string[], protocol = 'https:', allowPrivate = false, all = true) => {
    const resolve: Resolve = (_host, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    return new Promise((settle) => {
      guardedLookup(protocol, { allowPrivate, resolve })('host.example', { all }, (error, found) =>
        settle(error ?? found),
      );
    });
  };

  it('leaves out the addresses that may not be called', async () => {
    expect(await lookUp(['10.0.0.1', '8.8.8.8', '::1', '2606:4700::1'])).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ]);
    expect(await lookUp(['10.0.0.1', '8.8.8.8'], 'http:', true)).toEqual([
      { address: '10.0.0.1', family: 4 },
    ]);
    expect(await lookUp(['10.0.0.1', '8.8.8.8'], 'https:', false, false)).toBe('8.8.8.8');
  });

  it('refuses a name when none is left', async () => {
    expect(await lookUp(['10.0.0.1', 'fe80::1'])).toMatchObject({
      code: 'endpoint-refused',
      details: { reason: 'private-address' },
      message: expect.stringMatching(/https:\/\/host\.example .*10\.0\.0\.1 is private/) as unknown,
    });
    expect(await lookUp(['8.8.8.8'], 'http:', true)).toMatchObject({
      details: { reason: 'plain-http' },
    });
    expect(await lookUp(['169.254.169.254'], 'https:', true)).toMatchObject({
      details: { reason: 'forbidden-address' },
    });
  });

  it('passes on that a name is unknown', async () => {
    const unknown = new Error('ENOTFOUND');
    const resolve: Resolve = (_host, callback) => callback(unknown, []);
    const found = await new Promise((settle) => {
      guardedLookup('https:', { allowPrivate: false, resolve })('x.example', {}, settle);
    });
    expect(found).toBe(unknown);
  });
});

describe('guardedConnector', () => {
  it.each(['127.0.0.1', '[::1]', '::ffff:10.0.0.1'])(
    'refuses the literal %s, for which no lookup takes place',
    async (hostname) => {
      const connect = guardedConnector({ allowPrivate: false, connectTimeoutMs: 1_000 });
      const target = { hostname, host: hostname, protocol: 'https:', port: '9' };
      const error = await new Promise((settle) =>
        connect(target, (...[failure]) => settle(failure)),
      );
      expect(error).toMatchObject({ code: 'endpoint-refused' });
    },
  );
});
