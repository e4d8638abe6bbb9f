import { expect, it } from '@jest/globals';
import { prepared, sharedClient } from '../stack/boot-stack.js';
import { expectAccessible, expectNoSidewaysScroll, settled } from './check-page.js';
import { describeInBrowser, screenshot } from './open-browser.js';

const client = sharedClient();
const { adminKey: key } = prepared();

describeInBrowser('the settings page', (open) => {
  it('tries a policy, stores it and its next version, and deletes it', async () => {
    const { page, complaints } = await open(`${client.url}/settings`, { key });
    await settled(page);
    await page.getByRole('button', { name: 'New policy' }).click();
    const form = page.getByRole('dialog', { name: 'New policy' });
    await form.getByLabel('Name').fill('Not so');
    await form.getByRole('button', { name: 'Try it' }).click();
    await form.getByText('must be 1 to 64 of', { exact: false }).waitFor();
    await form.getByLabel('Name').fill('browser-made');
    await form.getByLabel('USD a call, more than').fill('0.01');
    await form.getByRole('button', { name: 'Try it' }).click();
    await form.getByText('would be version 1', { exact: false }).waitFor();
    expect((await client.get('/admin/v1/policies/browser-made', key)).status).toBe(404);
    await expectAccessible(page);
    await form.getByRole('button', { name: 'Store it' }).click();

    await page.getByRole('button', { name: 'Change browser-made' }).click();
    const change = page.getByRole('dialog', { name: 'Change browser-made' });
    expect(await change.getByLabel('USD a call, more than').inputValue()).toBe('0.01');
    await change.getByLabel('Cost').fill('0.4');
    await change.getByRole('button', { name: 'Store it' }).click();
    await page.getByRole('button', { name: 'Versions of browser-made' }).click();
    const versions = page.getByRole('table', { name: 'Versions of browser-made' });
    await versions.getByText('1, 0.4, 0.02').waitFor();
    expect((await client.get('/admin/v1/policies/browser-made', key)).body).toMatchObject({
      version: 2,
      weights: { cost: 0.4 },
      constraints: { max_cost_usd: 0.01 },
    });

    await page.keyboard.press('Escape');
    const row = page.getByRole('row', { name: /browser-made/ });
    await row.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete' });
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await row.waitFor({ state: 'detached' });
    expect((await client.get('/admin/v1/policies/browser-made', key)).status).toBe(404);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('makes a key, shows it once, and revokes it', async () => {
    const { page, complaints } = await open(`${client.url}/settings?tab=keys`, { key });
    await settled(page);
    await page.getByRole('button', { name: 'New key' }).click();
    const form = page.getByRole('dialog', { name: 'New key' });
    await form.getByLabel('Name').fill('made in a browser');
    await form.getByLabel('Requests a minute').fill('5');
    await screenshot(page, 'new-key');
    await expectAccessible(page);
    await form.getByRole('button', { name: 'Make the key' }).click();
    const shown = page.getByRole('dialog', { name: 'The key “made in a browser”' });
    const made = (await shown.getByText(/^zr_/).textContent()) ?? '';
    expect((await client.get('/v1/models', made)).status).toBe(200);
    await shown.getByRole('button', { name: 'I have it' }).click();
    expect(await page.content()).not.toContain(made);

    const row = page.getByRole('row', { name: /made in a browser/ });
    await row.getByText('5 requests a minute').waitFor();

    await row.getByRole('button', { name: 'Change made in a browser' }).click();
    const change = page.getByRole('dialog', { name: 'Change made in a browser' });
    expect(await change.getByLabel('Requests a minute').inputValue()).toBe('5');
    await change.getByLabel('Requests a minute').fill('1.5');
    await change.getByRole('button', { name: 'Change the key' }).click();
    await change.getByText('expected int', { exact: false }).waitFor();
    await change.getByLabel('Requests a minute').fill('7');
    await change.getByLabel('Budget, USD').fill('2');
    // The gateway alone can tell that there is no such policy: it says so at the field.
    const policies = change.getByLabel('Only these policies');
    await policies.fill('no-such');
    await policies.press('Enter');
    // The suggestions lie over the button until the field is left.
    await policies.press('Tab');
    await change.getByRole('button', { name: 'Change the key' }).click();
    await change
      .locator('.mantine-TagsInput-error')
      .getByText('there is no policy "no-such"', { exact: false })
      .waitFor();
    await expectAccessible(page);
    await screenshot(page, 'change-key');
    // Chromium notes every refusal on its console.
    expect(complaints.splice(0)).toEqual([expect.stringMatching(/status of 4\d\d/)]);
    await policies.press('Backspace');
    await change.getByRole('button', { name: 'Change the key' }).click();
    await change.waitFor({ state: 'detached' });
    await row.getByText('7 requests a minute, $0 of $2.00 each month').waitFor();

    await row.getByRole('button', { name: 'Revoke' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke' });
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('revoked').waitFor();
    expect((await client.get('/v1/models', made)).status).toBe(401);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows anchors and latent spaces, on a small screen too', async () => {
    for (const tab of ['anchor-sets', 'spaces']) {
      const { page, complaints } = await open(`${client.url}/settings?tab=${tab}`, {
        key,
        width: 360,
        scheme: 'dark',
      });
      await settled(page);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await screenshot(page, `settings-${tab}-360-dark`);
      if (tab === 'anchor-sets') {
        await page.getByRole('button', { name: 'Look at starter' }).click();
        await page.getByRole('table', { name: 'Anchors of starter' }).waitFor();
      } else {
        await page.getByRole('table', { name: /^Held-out figures of/ }).waitFor();
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });
});
