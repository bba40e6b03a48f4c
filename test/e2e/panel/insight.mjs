// Steps of walk.mjs on the pages that explain and look ahead: what if, calendar, explainer, register, reports, policies, channels.
import assert from 'node:assert/strict';

export const insightPaths = ({ account, refused }) => [
  '/blast', '/blast?user=admin@example.com', '/calendar', `/explain?request=${refused}`, '/explain?site=acme&object=A-1', '/register', `/register/${account}`, '/reports', '/reports/shared',
  '/reports/would-deny', '/reports/migration', '/reports/bypass', '/reports/installation', '/channels',
];

export function insightSteps({ page, walk, told }) {
  const { look, settled, accessible, fits, state } = walk;
  const { token, account, refused } = told;
  const dialog = page.locator('dialog');
  return {
    async whatIfNamesWhoAndWhatHangsOnIt() {
      await look(page, `/tokens/${token.id}`);
      await page.getByRole('link', { name: 'What if it ended?' }).click();
      await page.waitForURL(`**/blast?token=${token.id}`);
      await settled(page);
      const [item] = (await state(`/reports/wake?token=${token.id}`)).items;
      const drawn = await page.$$eval('.graph-node text', (all) => all.map((one) => one.textContent));
      const shown = await page.innerText('.table-region tbody');
      for (const part of ['admin@example.com', account, token.name, 'acme/A', ...item.automations.map((one) => one.tool)]) assert.ok(drawn.some((one) => one.includes(part)), `${part} is drawn: ${drawn}`);
      // However narrow the page is: what does not fit moves inside a region that has a name and takes the focus.
      for (const width of [1280, 400]) {
        await page.setViewportSize({ width, height: 860 });
        await fits(page, `the graph at ${width}`);
        assert.deepEqual(await page.$eval('.graph', (one) => [one.tabIndex, one.getAttribute('role'), one.getAttribute('aria-label') !== '', getComputedStyle(one).overflowX]), [0, 'region', true, 'auto']);
      }
      await page.setViewportSize({ width: 1280, height: 860 });
      for (const part of [token.name, account, 'acme/A', ...item.automations.map((one) => one.tool)]) assert.ok(shown.includes(part), `${part} stands in the table`);
      assert.ok((await page.innerText('.headline')).includes(item.stops), item.stops);
      // By keys: the form, and the nodes of the graph are links.
      await page.getByLabel('What ends').selectOption('account');
      await page.getByLabel('Which one').fill(account);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/blast?account=${account}`);
      await settled(page);
      await page.locator('.graph a', { hasText: token.name }).focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/tokens/${token.id}`);
    },

    async aDayOfTheCalendarOpensByKeys() {
      await look(page, '/calendar');
      const end = (await state(`/tokens/${token.id}`)).expires_at;
      const day = await page.evaluate((at) => new Date(at).toLocaleDateString('sv'), end);
      await page.focus(`button[data-day="${day}"]`);
      await page.keyboard.press('Enter');
      await dialog.waitFor();
      assert.ok(page.url().includes(`day=${day}`));
      assert.ok((await dialog.innerText()).includes(token.name));
      await accessible(page, 'the day');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      assert.equal(await page.evaluate(() => document.activeElement.dataset.day), day, 'the focus is back on the day');
    },

    async aCalendarAddressIsShownOnceAndWorks() {
      await look(page, '/calendar');
      await page.getByRole('button', { name: 'Make an address' }).click();
      assert.ok((await dialog.locator('.commands').textContent()).includes('gatehouse notify calendar add --user admin@example.com'));
      await dialog.getByRole('button', { name: 'Make an address' }).click();
      const address = await dialog.locator('.once pre').innerText();
      await page.keyboard.press('Escape');
      assert.ok(await dialog.locator('.once').isVisible(), 'Escape does not lose it');
      const feed = await fetch(address);
      assert.ok((await feed.text()).startsWith('BEGIN:VCALENDAR'), address);
      await dialog.getByRole('button', { name: 'I have stored it' }).click();
      await page.getByRole('button', { name: 'Revoke' }).click();
      await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
      await page.waitForFunction(() => document.body.innerText.includes('No address was made yet.'));
      assert.equal((await fetch(address)).status, 404);
    },

    async aRefusalIsExplainedWithTheSmallestChange() {
      await look(page, '/explain');
      await page.getByLabel('Request id').fill(refused);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/explain?request=${refused}`);
      await page.waitForSelector('.remedies pre');
      assert.match(await page.innerText('.decision-steps .stopped'), /scope the token lacks write:jira-work/);
      const command = await page.innerText('.remedies pre');
      assert.match(command, /^gatehouse token create --account \S+ --name \S+ --scopes read:jira-work,write:jira-work --resource acme\/A /);
      await look(page, `/explain?${new URLSearchParams({ token: token.id, method: 'GET', path: '/ex/jira/acme/rest/api/3/issue/A-1' })}`);
      await page.waitForFunction(() => document.body.innerText.includes('It is permitted.'));
      await look(page, `/explain?${new URLSearchParams({ token: token.id, method: 'GET', path: '/ex/jira/acme/rest/api/3/issue/B-1' })}`);
      await page.waitForSelector('.remedies pre');
      assert.ok((await page.innerText('.remedies')).includes('gatehouse grant add --account nightly --resource acme/B'));
      await look(page, '/explain?site=acme&object=A-1');
      assert.ok((await page.innerText('main .small-table')).includes('addComment'));
    },

    async anEntryOfTheRegisterIsReadAndEdited() {
      await look(page, '/register');
      await page.getByLabel('Filter').fill(`owner=admin@example.com ${account}`);
      await page.waitForFunction(() => document.querySelectorAll('tbody tr[aria-rowindex]').length === 1);
      await page.getByRole('link', { name: account, exact: true }).click();
      await settled(page);
      assert.ok((await page.innerText('main')).includes('seen, not declared'));
      await page.getByRole('button', { name: /^Edit/ }).click();
      await dialog.getByLabel('Documentation').fill('https://wiki.example.com/nightly');
      await dialog.getByLabel('Declared resources').fill('acme/A');
      assert.ok((await dialog.locator('.commands').textContent()).includes(`gatehouse account edit ${account} --docs https://wiki.example.com/nightly --declared-resource acme/A`));
      await accessible(page, 'the form');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      const entry = await state(`/register/entries/${account}`);
      assert.deepEqual([entry.docs, entry.declared.resources], ['https://wiki.example.com/nightly', ['acme/A']]);
      await page.waitForFunction(() => document.querySelector('main').innerText.includes('as declared'));
    },

    async theRegisterIsReadFromAFile() {
      const file = await fetch(`${told.api}/register/export?format=yaml`, { headers: { Authorization: `Bearer ${told.key}` } }).then((answer) => answer.text());
      assert.ok(file.includes('exports issues every night'));
      await look(page, '/register');
      for (const how of ['Only say what would change', 'Change it']) {
        await page.getByRole('button', { name: 'Read a file' }).click();
        await dialog.getByLabel('What it is').selectOption('yaml');
        await dialog.getByLabel(/^From a file/).setInputFiles({ name: 'register.yaml', mimeType: 'text/yaml', buffer: Buffer.from(file.replace('exports issues every night', 'exports issues each evening')) });
        await dialog.getByLabel('How').selectOption({ label: how });
        await dialog.getByRole('button', { name: 'Read a file' }).click();
        await dialog.getByText(how === 'Change it' ? 'That is what it did.' : 'Nothing was changed').waitFor();
        assert.match(await dialog.innerText(), new RegExp(`${account} purpose`));
        await dialog.getByRole('button', { name: 'Close' }).last().click();
        const { purpose } = await state(`/register/entries/${account}`);
        assert.equal(purpose, how === 'Change it' ? 'exports issues each evening' : 'exports issues every night');
      }
    },

    async aReportHasItsEvidenceAndItsPlan() {
      await look(page, '/reports');
      await page.getByRole('link', { name: 'Shared by several tools' }).click();
      await settled(page);
      const found = page.locator('article', { hasText: account });
      assert.ok((await found.locator('table').innerText()).includes('python-requests'));
      await found.locator('summary', { hasText: 'Split' }).click();
      await found.getByRole('button', { name: 'Make the file' }).click();
      await found.locator('pre.tall').waitFor();
      assert.ok((await found.locator('pre.tall').innerText()).includes('version: 1'));
    },

    async whatGatehouseItselfLivesByIsListed() {
      await look(page, '/reports');
      await page.getByRole('link', { name: 'Gatehouse’s own' }).click();
      await settled(page);
      const { count, items } = await state('/reports/installation');
      const shown = await page.innerText('main');
      for (const { kind, name } of items) assert.ok(shown.includes(name) && shown.includes(kind), `${name}, ${kind}`);
      assert.ok(items.some((one) => one.kind === 'master key'), JSON.stringify(items));
      assert.equal(await page.locator('article.end').count(), count);
    },

    async aPolicyAndAChannelAreChanged() {
      await look(page, '/policies');
      await page.getByRole('button', { name: 'Change: An outage is' }).click();
      await dialog.getByLabel('An outage is').fill('7');
      assert.ok((await dialog.locator('.commands').textContent()).includes('gatehouse policy set notify-errors 7'));
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      assert.equal((await state('/policy'))['notify-errors'], '7');
      await look(page, '/channels');
      await page.getByRole('button', { name: 'Add a webhook' }).click();
      await dialog.getByLabel('Name', { exact: true }).fill('pager');
      await dialog.getByLabel('Address', { exact: true }).fill('https://pager.example.com/in');
      await dialog.getByRole('button', { name: 'Add a webhook' }).click();
      assert.match(await dialog.locator('.once pre').innerText(), /^whsec_/);
      await dialog.getByRole('button', { name: 'I have stored it' }).click();
      await page.getByRole('button', { name: 'Remove' }).click();
      await dialog.getByLabel('To confirm, type').fill('pager');
      await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
      await page.waitForFunction(() => document.body.innerText.includes('No program and no chat is told.'));
      assert.deepEqual((await state('/webhooks')).items, []);
    },
  };
}
