import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sharedClient } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';

const client = sharedClient();
const BUILT = join(import.meta.dirname, '../../apps/dashboard/dist');

describe('the dashboard', () => {
  it('is one page at its own addresses, with a policy that has no hole but a fresh nonce', async () => {
    const nonces = new Set<string>();
    for (const path of ['/', '/models', '/models/some/where', '/settings?tab=keys']) {
      const answer = await client.get(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
      nonces.add(nonce);
      expect(answer.body).toContain(`nonce="${nonce}"`);
      expect(answer.body).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\sstyle=|__CSP_NONCE__/);
    }
    expect(nonces.size).toBe(4);
  });

  it('has files that are compressed and kept for good', async () => {
    const page = String((await client.get('/')).body);
    const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThanOrEqual(2);
    for (const file of files)
      for (const encoding of ['br', 'gzip']) {
        const answer = await fetch(`${client.url}${file}`, {
          headers: { 'accept-encoding': encoding },
        });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-encoding')).toBe(encoding);
        expect(answer.headers.get('vary')).toContain('accept-encoding');
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
        expect(answer.headers.get('cache-control')).toMatch(/max-age=31536000, immutable/);
        const text = await answer.text();
        expect(text).toBe(readFileSync(join(BUILT, file), 'utf8'));
        // React's development build has it in every component.
        expect(text).not.toContain('jsxDEV');
      }
  });

  it('leaves unknown paths of the API, and of its files, their problem documents', async () => {
    for (const path of ['/v1/nothing', '/admin/v1/nothing', '/health/nothing', '/nothing'])
      expect(expectProblem(await client.get(path), 404).code).toBe('no-such-path');
    for (const path of ['/assets/nothing.js', '/assets/..%2findex.html', '/assets/'])
      expectProblem(await client.get(path), [403, 404]);
    expectProblem(await client.post('/', {}), 405);
    expect((await client.get('/docs')).body).not.toContain('id="root"');
  });
});
