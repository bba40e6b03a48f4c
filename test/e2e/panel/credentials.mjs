// Walks through the making, rotating, approving and handing over of credentials in the panel of the real binary, and uses what is made:
// test_panel_credentials.py starts both.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { start } from './browser.mjs';

const told = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { gateway, otherKey, link } = told;
const walk = await start(told);
const { ask } = walk;
const page = await walk.open(await walk.newContext());
const visit = (path) => walk.visit(page, path);
const settled = () => walk.settled(page);
const accessible = (what) => walk.accessible(page, what);
const use = async (secret, agent = 'walk/1') => (await fetch(`${gateway}/ex/jira/acme/rest/api/3/issue/A-1`, { headers: { Authorization: `Bearer ${secret}`, 'User-Agent': agent } })).status;

/** The secret that stands on the page; it is in no address, and the page lets nobody go before it is said to be stored. */
async function takeSecret() {
  await page.waitForSelector('.secret-text');
  const secret = await page.innerText('.secret-text');
  assert.match(secret, /^gth/);
  assert.ok(!page.url().includes(secret));
  assert.ok(!(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).includes(secret));
  const done = page.getByRole('button', { name: 'Done', exact: true });
  assert.ok(await done.isDisabled());
  await accessible('the secret');
  await page.getByLabel('I have stored it').check();
  await done.click();
  await page.waitForSelector('.secret-text', { state: 'detached' });
  return secret;
}
const confirm = async (name) => page.locator('dialog').getByRole('button', { name, exact: true }).click();

let madeId;
let madeSecret;
/** The secret of that token that lives. */
let inUse;
const steps = {
  async aNewAutomationGetsATokenOfTheLeastScopesByKeysAlone() {
    await page.goto(link);
    await visit('/make');
    const fill = async (label, text) => {
      await page.getByRole('textbox', { name: label }).focus();
      await page.keyboard.type(text);
    };
    await page.getByRole('combobox', { name: 'Service account' }).focus();
    await page.keyboard.type('a new');
    await fill('Handle', 'invoice-export');
    await fill('What it is for', 'exports invoices every night');
    await fill('Where it runs', 'GitLab CI, finance/export');
    await page.getByRole('button', { name: 'Make this account' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => new URL(location.href).searchParams.get('account') === 'invoice-export');
    await fill('Name of this credential', 'nightly');
    await fill('What has it to do?', 'read issues');
    const first = page.locator('.found-operations input').first();
    await first.waitFor();
    assert.match(await page.locator('.found-operations li').first().innerText(), /^get issue/);
    await first.focus();
    await page.keyboard.press('Space');
    await fill('Another', 'acme/A');
    await page.keyboard.press('Enter');
    // Granular names open less, and nothing is granted yet, so they are proposed.
    const summary = page.locator('.make-summary');
    await page.waitForFunction(() => document.querySelector('.make-summary')?.innerText.includes('acme/A'));
    assert.match(await summary.innerText(), /would be refused/);
    await page.getByRole('radio', { name: /^Classic names/ }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Grant acme/A with these scopes' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('.make-summary')?.innerText.includes('would go through'));
    const text = await summary.innerText();
    for (const part of ['90 days', 'delete anything', 'anything outside of acme/A', 'read: ']) assert.ok(text.includes(part), part);
    assert.ok((await summary.locator('.commands').textContent()).includes('gatehouse token create --account invoice-export --name nightly --scopes read:jira-work --resource acme/A --expires-in 90d'));
    await accessible('the form');
    await page.getByRole('button', { name: 'Make it', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.secret-text');
    await page.getByRole('button', { name: 'curl', exact: true }).click();
    assert.match(await page.locator('.secret pre').nth(1).innerText(), /^curl -H 'Authorization: Bearer gtht_/);
    await page.getByRole('button', { name: 'Ask the server' }).click();
    await page.waitForFunction(() => document.querySelector('.verdict')?.textContent.includes('would go through (permitted)'));
    madeSecret = await takeSecret();
    assert.equal(await use(madeSecret), 200);
    await page.getByRole('link', { name: 'Open it' }).click();
    await settled();
    madeId = new URL(page.url()).pathname.split('/').at(-1);
    assert.deepEqual((await ask('GET', `/tokens/${madeId}`)).scopes, ['read:jira-work']);
  },

  async itIsRotatedUnderTraffic() {
    await visit(`/tokens/${madeId}`);
    await page.getByRole('button', { name: 'Rotate', exact: true }).click();
    await confirm('Rotate');
    const fresh = await takeSecret();
    assert.equal(await use(madeSecret, 'old-tool/1'), 200);
    await page.waitForFunction(() => document.querySelector('.course [aria-current]')?.textContent.includes('Successor made'));
    assert.equal(await use(fresh, 'new-tool/2'), 200);
    assert.equal(await use(madeSecret, 'old-tool/1'), 200);
    await page.waitForFunction(() => document.querySelector('.course [aria-current]')?.textContent.includes('Both work') && document.querySelector('.countdown'));
    await page.waitForFunction(() => document.querySelector('.sides')?.innerText.includes('old-tool/1'));
    await accessible('the rotation');
    const before = (await ask('GET', `/tokens/${madeId}`)).rotation.overlap_ends_at;
    await page.getByRole('button', { name: 'Give the old one longer' }).click();
    await confirm('Give the old one longer');
    await page.waitForSelector('dialog', { state: 'detached' });
    const longer = Date.parse((await ask('GET', `/tokens/${madeId}`)).rotation.overlap_ends_at) - Date.parse(before);
    assert.ok(Math.abs(longer - 864e5) <= 1000, `${longer} ms longer`);
    await page.getByRole('button', { name: 'End the old secret anyway' }).click();
    const end = page.locator('dialog').getByRole('button', { name: 'End the old secret anyway' });
    assert.ok(await end.isDisabled());
    await page.getByLabel('To confirm, type').fill('nightly');
    await end.click();
    await page.waitForFunction(() => document.querySelector('.course [aria-current]')?.textContent.includes('Old one ended') || !document.querySelector('.countdown'));
    assert.equal(await use(madeSecret), 401);
    assert.equal(await use(fresh), 200);
    inUse = fresh;
  },

  async aRotationIsRolledBack() {
    await visit(`/tokens/${madeId}`);
    const currentOnes = async () => (await ask('GET', `/tokens/${madeId}`)).secrets.filter((one) => one.state === 'current').map((one) => one.id);
    const before = await currentOnes();
    const rotate = async () => {
      await page.getByRole('button', { name: 'Rotate', exact: true }).click();
      await confirm('Rotate');
      return takeSecret();
    };
    // Nobody has used the successor: it is thrown away.
    const unused = await rotate();
    await page.getByRole('button', { name: 'Roll back' }).click();
    await page.getByLabel('Reason').fill('went to the wrong place');
    assert.ok((await page.textContent('dialog .commands')).includes(`gatehouse token rotation roll-back ${madeId} --reason 'went to the wrong place'`));
    await confirm('Roll back');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.getByRole('button', { name: 'Roll back' }).waitFor({ state: 'detached' });
    assert.equal(await use(unused), 401);
    // It is in use: whoever uses it stops, and that asks for the name.
    const fresh = await rotate();
    assert.equal(await use(fresh, 'new-tool/2'), 200);
    await page.waitForFunction(() => document.querySelector('.countdown'));
    await page.waitForFunction(() => document.querySelector('.sides')?.innerText.includes('new-tool/2'));
    await page.getByRole('button', { name: 'Roll back' }).click();
    assert.match(await page.innerText('dialog'), /1 tool that uses it stops/);
    await accessible('rolling back');
    await page.getByLabel('To confirm, type').fill('nightly');
    await confirm('Roll back');
    await page.waitForFunction(() => !document.querySelector('.countdown'));
    assert.equal(await use(fresh), 401);
    assert.equal(await use(inUse), 200);
    assert.deepEqual(await currentOnes(), before);
  },

  async aSecondPersonApprovesWhatThePolicyHoldsBack() {
    await ask('PATCH', '/policy', { 'approval-scopes': 'write:jira-work' });
    const asked = { account: 'theirs', scopes: ['write:jira-work'], resources: ['acme/A'], expires_in: '30d' };
    const first = await ask('POST', '/tokens', { ...asked, name: 'to be approved' }, otherKey);
    const second = await ask('POST', '/tokens', { ...asked, name: 'to be denied' }, otherKey);
    assert.equal(first.state, 'pending');
    await visit('/requests');
    await accessible('requests');
    const card = (name) => page.locator('article', { hasText: name });
    await card('to be approved').getByRole('button', { name: 'Approve' }).click();
    await confirm('Approve');
    await card('to be approved').waitFor({ state: 'detached' });
    assert.equal((await ask('GET', `/tokens/${first.id}`)).state, 'live');
    await card('to be denied').getByRole('button', { name: 'Deny' }).click();
    assert.ok(await page.locator('dialog').getByRole('button', { name: 'Deny' }).isDisabled(), 'a reason is needed');
    await page.getByLabel('Why').fill('not needed');
    await confirm('Deny');
    await card('to be denied').waitFor({ state: 'detached' });
    assert.equal((await ask('GET', `/tokens/${second.id}`)).state, 'revoked');
  },

  async whatIsHandedOverIsTakenAndAccepted() {
    await ask('POST', '/tokens', { account: 'robot', name: 'handed over', scopes: ['read:jira-work'], resources: ['acme/A'], expires_in: '30d', for: 'admin@example.com' });
    await ask('POST', '/accounts/theirs/offer', { to: 'admin@example.com' }, otherKey);
    await visit('/requests');
    await page.getByRole('button', { name: 'Take it' }).click();
    await confirm('Take it');
    assert.equal(await use(await takeSecret()), 200);
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.waitForFunction(() => document.body.innerText.includes('No account is offered to you or by you.'));
    assert.equal((await ask('GET', '/accounts/theirs')).owner, 'admin@example.com');
    await visit('/accounts/theirs');
    await page.getByRole('button', { name: 'Hand over now' }).click();
    await page.getByLabel('To (e-mail address)').fill('eva@example.com');
    await confirm('Hand over now');
    await page.waitForSelector('dialog', { state: 'detached' });
    assert.equal((await ask('GET', '/accounts/theirs')).owner, 'eva@example.com');
  },

  async clientsAndAppsAreMadeRotatedAndEnded() {
    await visit('/make?account=invoice-export&kind=client&name=server&do=getIssue&in=acme%2FA&ends=30d');
    await page.getByRole('button', { name: 'Make it', exact: true }).click();
    await page.waitForSelector('.secret-text');
    assert.match(await page.locator('.secret pre').nth(1).innerText(), /GATEHOUSE_CLIENT_SECRET=gth/);
    await takeSecret();
    await page.getByRole('link', { name: 'Open it' }).click();
    await settled();
    await page.getByRole('button', { name: 'Rotate', exact: true }).click();
    await confirm('Rotate');
    await takeSecret();
    await accessible('a client');
    await walk.look(page, '/apps');
    await page.getByRole('button', { name: 'Register an app' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Standup board');
    await page.getByLabel('People are sent back to').fill('https://standup.example.com/back');
    await page.getByLabel('The most that it may ask for').fill('read:jira-work');
    await confirm('Register an app');
    await takeSecret();
    await page.getByRole('link', { name: 'Standup board' }).click();
    await settled();
    await accessible('an app');
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByLabel('To confirm, type').fill('Standup board');
    await confirm('Revoke');
    await page.waitForFunction(() => document.querySelector('main .state')?.textContent === 'revoked');
    for (const path of ['/apps', '/clients']) {
      await walk.look(page, path);
      await accessible(path);
    }
  },

  async nothingIsWiderThanANarrowScreen() {
    await page.setViewportSize({ width: 400, height: 800 });
    for (const path of ['/make?account=invoice-export&do=getIssue&in=acme%2FA', '/requests', '/clients', '/apps', `/tokens/${madeId}`]) {
      await walk.look(page, path);
      await walk.fits(page, path);
    }
  },
};

await walk.run(steps, page);
