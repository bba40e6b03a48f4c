// The whole life of a credential as a person lives it who has no mouse: first sign-in, account, grant, token, its use by curl, rotation while
// a tool works on, pause and undo, handing over, approving, explaining a denial, what if, export. test_panel_flows.py starts it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { start } from './browser.mjs';
import { keyboardOf } from './keyboard.mjs';

const told = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { base, gateway, link, otherKey, account, mailed } = told;
const kPassword = 'the gate opens at seven';
const walk = await start(told);
const { ask, state, settled, faults } = walk;
const page = await walk.open(await walk.newContext());
await page.exposeFunction('pointed', (kind) => faults.push(`a pointer was used: ${kind}`));
await page.addInitScript(() => addEventListener('pointerdown', (event) => event.isTrusted && window.pointed(event.type), true));
const { press, type, reach, on, write, choose, radio, palette } = keyboardOf(page);

const issue = `${gateway}/ex/jira/acme/rest/api/3/issue/A-1`;
/** The status that the real curl prints. */
async function curl(secret, { agent = 'curl/8.5.0', method = 'GET', body } = {}) {
  const more = body ? ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)] : [];
  const { stdout } = await promisify(execFile)('curl', ['-s', '-D', '-', '-o', '/dev/null', '-X', method, '-A', agent, '-H', `Authorization: Bearer ${secret}`, ...more, issue]);
  return { status: Number(stdout.split(' ')[1]), request: /gatehouse-request-id: (\S+)/i.exec(stdout)?.[1] };
}
const until = (what, argument, timeout = 120_000) => page.waitForFunction(what, argument, { timeout });
const stateShown = (word) => until((is) => document.querySelector('main .facts .state')?.textContent === is, word);
const noDialog = () => page.waitForSelector('dialog', { state: 'detached' });

/** The secret on the page: read, ticked as stored, put away. */
async function takeSecret() {
  await page.waitForSelector('.secret-text');
  const secret = await page.innerText('.secret-text');
  await on('checkbox', 'I have stored it', { key: 'Space' });
  await on('button', 'Done');
  await page.waitForSelector('.secret-text', { state: 'detached' });
  return secret;
}

/** A tool that works on without a pause; the secret that it reads may be another the next time. */
class Tool {
  statuses = [];
  constructor(secret) {
    this.secret = secret;
    this.running = this.work();
  }
  async work() {
    while (!this.stopped) {
      this.statuses.push((await fetch(issue, { headers: { Authorization: `Bearer ${this.secret}`, 'User-Agent': 'nightly-export/3' } })).status);
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }
  /** Everything that it was answered. */
  async stop() {
    this.stopped = true;
    await this.running;
    return this.statuses;
  }
}

let id;
let secret;
let denied;

const steps = {
  async theFirstSignInSetsAPassword() {
    await page.goto(link);
    await write('New password', kPassword);
    await write('Once more', kPassword);
    await press('Enter');
    await page.waitForFunction(() => document.body.innerText.includes('Set on '));
    await page.goto(base);
    await settled(page);
    assert.equal(await page.innerText('h1'), 'Tonight');
    await press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  },

  async anAccountAGrantAndATokenAreMade() {
    await press('g', 'm');
    await page.waitForURL('**/make');
    await settled(page);
    await choose('Service account', 'a new');
    await write(/^Handle/, account);
    await write('What it is for', 'sends the bills every night');
    await write(/^Where it runs/, 'GitLab CI, finance/bills');
    await on('button', 'Make this account');
    await page.waitForURL(`**/make?account=${account}`);
    await write(/^Name of this credential/, 'nightly');
    await write('What has it to do?', 'read issues');
    await page.waitForSelector('.found-operations li');
    await on('checkbox', /^get issue/, { key: 'Space' });
    await radio({ name: 'Scopes' }, /^Classic names/);
    await write('Another', 'acme/A');
    await press('Enter');
    await on('button', 'Grant acme/A with these scopes');
    await until(() => document.querySelector('.make-summary')?.innerText.includes('would go through'));
    await radio({ role: 'group', name: 'Until' }, '30 days');
    await on('button', 'Make it');
    secret = await takeSecret();
    await on('link', 'Open it');
    await page.waitForURL('**/tokens/*');
    await settled(page);
    id = new URL(page.url()).pathname.split('/').at(-1);
    const made = await state(`/tokens/${id}`);
    assert.deepEqual([made.account, made.scopes, made.resources], [account, ['read:jira-work'], ['acme/A']]);
  },

  async curlUsesItAndTheUseAppears() {
    assert.ok((await page.innerText('main')).includes('Nobody was seen to use it.'));
    assert.equal((await curl(secret)).status, 200);
    await until(() => document.querySelector('main .small-table[aria-label^="Who uses it"]')?.innerText.includes('curl'));
    denied = await curl(secret, { method: 'PUT', body: { fields: { summary: 'denied' } } });
    assert.equal(denied.status, 403);
  },

  async itIsRotatedWhileAToolWorksOn() {
    const tool = new Tool(secret);
    await on('button', 'Rotate');
    await page.waitForSelector('dialog[open]');
    await on('button', 'Rotate', { within: 'dialog' });
    const fresh = await takeSecret();
    await until(() => document.querySelector('.course [aria-current]')?.textContent.includes('Successor made'));
    tool.secret = fresh;
    await until(() => document.querySelector('.course [aria-current]')?.textContent.includes('Both work') && document.querySelector('.countdown'));
    await on('button', 'End the old secret anyway');
    await write(/^To confirm, type/, 'nightly', { within: 'dialog' });
    await press('Enter');
    await noDialog();
    await until(() => !document.querySelector('.countdown'));
    const answered = await tool.stop();
    assert.ok(answered.length > 10, `${answered.length} requests`);
    assert.deepEqual([...new Set(answered)], [200], 'rotation costs no failed request');
    assert.equal((await curl(secret)).status, 401);
    secret = fresh;
  },

  async aPauseIsTakenBackByTheButtonAndByAKey() {
    for (const back of [() => on('button', 'Undo'), () => press('z')]) {
      await on('button', 'Pause');
      await write(/^Reason/, 'looks odd', { within: 'dialog' });
      await press('Enter');
      await noDialog();
      await stateShown('paused');
      assert.equal((await curl(secret)).status, 401);
      await back();
      await stateShown('live');
      assert.equal((await curl(secret)).status, 200);
    }
    await until(() => document.querySelector('.toasts')?.innerText.includes('Taken back.'));
  },

  async theAccountIsHandedOver() {
    await palette(account, 'sends the bills every night');
    await page.waitForURL(`**/accounts/${account}`);
    await settled(page);
    await on('button', 'Hand over now');
    await write(/^To \(/, 'eva@example.com', { role: 'combobox', within: 'dialog' });
    await press('Enter');
    await noDialog();
    assert.equal((await state(`/accounts/${account}`)).owner, 'eva@example.com');
  },

  async aSecondPersonApproves() {
    await ask('PATCH', '/policy', { 'approval-scopes': 'write:jira-work' });
    const asked = await ask('POST', '/tokens', { account: 'board', name: `moves cards ${account}`, scopes: ['write:jira-work'], resources: ['acme/A'], expires_in: '30d' }, otherKey);
    assert.equal(asked.state, 'pending');
    await press('g', 'r');
    await page.waitForURL('**/requests');
    await on('button', 'Approve', { within: `article:has-text("moves cards ${account}")` });
    await page.waitForSelector('dialog[open]');
    await on('button', 'Approve', { within: 'dialog' });
    await noDialog();
    assert.equal((await state(`/tokens/${asked.id}`)).state, 'live');
  },

  async aDenialIsExplained() {
    await palette(denied.request, denied.request);
    await page.waitForURL(`**/explain?request=${denied.request}`);
    await page.waitForSelector('.remedies pre');
    assert.match(await page.innerText('.decision-steps .stopped'), /write:jira-work/);
    assert.match(await page.innerText('.remedies pre'), /^gatehouse /);
  },

  async whatIfItEnded() {
    await palette(id, id);
    await page.waitForURL(`**/tokens/${id}`);
    await settled(page);
    await on('link', 'What if it ended?');
    await page.waitForURL(`**/blast?token=${id}`);
    await page.waitForSelector('.headline');
    const drawn = await page.locator('.graph').textContent();
    for (const part of ['eva@example.com', account, 'nightly', 'acme/A', 'nightly-export']) assert.ok(drawn.includes(part), `${part}: ${drawn}`);
    await on('link', /^nightly/, { within: '.graph' });
    await page.waitForURL(`**/tokens/${id}`);
  },

  async aListIsFilteredKeptAsAViewAndExported() {
    await press('g', 't');
    await page.waitForURL('**/tokens');
    await settled(page);
    await press('/');
    await type(`account=${account}`);
    await until(() => document.querySelectorAll('tbody tr[aria-rowindex]').length === 1);
    const menu = async (label) => {
      const summary = page.locator('summary', { hasText: label });
      for (let pressed = 0; !(await summary.evaluate((one) => one === document.activeElement)); pressed += 1) {
        assert.ok(pressed < 60, `${label} is not reached by Tab`);
        await press('Tab');
      }
      await press('Enter');
    };
    await menu('Views');
    await write('Name of this view', 'bills');
    await press('Enter');
    await on('button', 'Forget the view bills');
    await press('Escape', 'z');
    await until(() => JSON.parse(localStorage.getItem('gatehouse.views.tokens')).some((one) => one.name === 'bills'));
    await menu('Export');
    const [download] = await Promise.all([page.waitForEvent('download'), on('button', 'What is shown, as CSV')]);
    const lines = readFileSync(await download.path(), 'utf8').trim().split(/\r?\n/);
    assert.equal(lines.length, 2);
    assert.match(lines[1], new RegExp(`nightly.*${account}`));
  },

  async twoClicksFromAMessage() {
    for (const { kind, act, open, dialog } of mailed) {
      page.expectsErrors = true;
      await page.goto(act);
      page.expectsErrors = false;
      await on('link', open);
      await settled(page);
      await page.getByRole('dialog', { name: dialog }).waitFor();
      await press('Escape');
      await noDialog();
      assert.ok(!page.url().includes('do='), `${kind}: a dialog that was closed stays closed`);
      await page.goto(act);
      await on('button', 'I take care of it');
      await page.waitForFunction(() => document.body.innerText.includes('It is noted that you take care of it.'));
    }
    const { items } = await state('/notify/matters');
    for (const { subject } of mailed) assert.ok(items.find((one) => one.subject_id === subject)?.acknowledged_at, subject);
  },
};

await walk.run(steps, page, { chained: true });
