import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { says } from '../../apps/gateway/test/scripted-provider.js';
import { prepared } from '../stack/boot-stack.js';
import { CHEAP, ChatStack, DEAR, messages, POLICY } from '../stack/chat-stack.js';
import { expectAccessible, expectNoSidewaysScroll, settled } from './check-page.js';
import { describeInBrowser, screenshot } from './open-browser.js';

const { adminKey: key } = prepared();

describeInBrowser('the calls of a decision', (open) => {
  let chat: ChatStack;
  beforeAll(async () => {
    chat = await ChatStack.boot();
  });
  afterAll(() => chat.stop());

  it('shows what failed, what it fell back to, and what came of the forecast', async () => {
    chat.cheap.script = says(503);
    const answer = await chat.post({ model: POLICY, messages });
    const id = answer.headers.get('x-zerorouter-decision-id') ?? '';
    await chat.until(async () => (await chat.decisionOf(answer)).realised !== undefined);
    const { page, complaints } = await open(`${chat.own.client.url}/decisions/${id}`, { key });
    await settled(page);

    await page.getByText(`${DEAR} answered in the place of ${CHEAP}`, { exact: false }).waitFor();
    expect(await rowsOf(page, 'Attempts')).toEqual([
      ['1', CHEAP, 'first choice', 'refused with HTTP 503', '503', expect.stringMatching(/ms$/)],
      ['2', `✓ ${DEAR}`, 'fallback', 'answered', '200', expect.stringMatching(/ms$/)],
    ]);
    const attempts = page.getByRole('table', { name: 'Attempts' });
    const answered = attempts.getByRole('row').nth(2);
    // 9 tokens in at 1, 3 tokens out at 2 USD per million.
    await answered.getByText('9, 3').waitFor();
    await answered.getByText('$0.000015').waitFor();
    await answered
      .getByText(new URL(chat.dear.deployment.baseUrl).host, { exact: false })
      .waitFor();

    const compared = page.getByRole('table', { name: 'Predicted and realised' });
    const out = compared.getByRole('row', { name: /Tokens out/ });
    await out.getByRole('cell', { name: '3', exact: true }).waitFor();
    await page.getByText('complete', { exact: true }).waitFor();
    await expectAccessible(page);
    await screenshot(page, 'decision-attempts');
    await page.setViewportSize({ width: 360, height: 800 });
    await expectNoSidewaysScroll(page);
    await screenshot(page, 'decision-attempts-360');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says that nothing was called where nothing was', async () => {
    const { decision_id: id } = await chat.own.client.route({ query: 'Which river?' }, chat.key);
    const { page } = await open(`${chat.own.client.url}/decisions/${id}`, { key });
    await page.getByText('No call went through the router').waitFor();
    expect(await page.getByRole('table', { name: 'Attempts' }).count()).toBe(0);
    await page.context().close();
  });
});

/** The first six columns. */
async function rowsOf(page: Page, table: string): Promise<string[][]> {
  const rows = page.getByRole('table', { name: table }).getByRole('row');
  await rows.nth(1).waitFor();
  const [, ...body] = await rows.all();
  return Promise.all(
    body.map(async (row) => (await row.getByRole('cell').allTextContents()).slice(0, 6)),
  );
}
