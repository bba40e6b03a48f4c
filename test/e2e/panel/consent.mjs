// Walks a person through the consent to an app, in Debian's Chromium against the real binary, with a relying party of npm's openid-client:
// test_consent.py starts all of them. What the app gets is used at the gateway, before and after the person takes it back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

const { gateway, admin, jira, app, app6, link, email, names, device } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const kPassword = 'the gate opens at seven';
const known = [gateway, admin, jira, app, app6].map((one) => one && new URL(one).origin);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const faults = [];

/** A page that notes whatever must not happen. */
async function open(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (message) => message.type() === 'error' && !page.expectsErrors && faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => faults.push(`dialog: ${dialog.message()}`) && void dialog.dismiss());
  page.on('request', (request) => !known.includes(new URL(request.url()).origin) && faults.push(`asked elsewhere: ${request.url()}`));
  // What the policy of the page blocks is asked for too, as Chromium tells it, and never comes.
  page.on('requestfinished', (request) => {
    if (!request.isNavigationRequest() && request.frame().url().startsWith(gateway)) faults.push(`the gate's page loads something: ${request.url()}`);
  });
  return page;
}

async function violations(page, rules) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (only) => {
    const options = only ? { runOnly: { type: 'rule', values: only } } : { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
    return (await window.axe.run(document, options)).violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }, rules);
}

/** In both themes, and no wider than a telephone. */
async function accessible(page, what) {
  assert.deepEqual(await violations(page), [], what);
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.deepEqual(await violations(page, ['color-contrast']), [], `${what}, dark`);
  const [ground, text] = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color].map((one) => Number(/\d+/.exec(one)[0])));
  assert.ok(ground < 80 && text > 180, `${what} is dark where the person wants it: ${ground} ${text}`);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 400, height: 800 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} is not wider than the screen`);
  await page.setViewportSize({ width: 1280, height: 860 });
}

const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
const page = await open(context);
const heading = (of = page) => of.innerText('h1');
const tokens = () => fetch(`${app}/tokens`).then((answer) => answer.json());
const reach = async (issue, token) => (await fetch(`${gateway}/ex/jira/acme/rest/api/3/issue/${issue}?fields=summary`, { headers: { Authorization: `Bearer ${token}` } })).status;
const form = (path, body) => fetch(gateway + path, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(body) }).then((answer) => answer.json());
const begin = (more = '') => page.goto(`${app}/begin?${more}`);
const submit = (name, of = page) => of.getByRole('button', { name, exact: true }).click();

async function signIn(of) {
  await of.fill('input[name=email]', email);
  await of.fill('input[name=password]', kPassword);
  await of.click('form[action="/sign-in"] button');
  // The browser goes on by itself from the page that answers.
  await of.waitForURL((url) => url.pathname !== '/sign-in');
}

const steps = {
  async whoComesByALinkConnectsWithAtlassian() {
    await page.goto(link);
    await page.fill('input[name=password]', kPassword);
    await page.fill('input[name=again]', kPassword);
    await page.click('form[action="/account/password"] button');
    page.expectsErrors = true; // the sandbox has no picture for the browser's tab
    await page.click('text=Connect with Atlassian');
    await page.click('text=Bob');
    await page.waitForSelector('text=Connected as Bob');
    page.expectsErrors = false;
  },

  async whoeverIsNotSignedInSignsInAndReadsWhatIsAsked() {
    await context.clearCookies();
    await page.goto(app);
    await page.click('text=Sign in with Gatehouse');
    assert.equal(new URL(page.url()).origin, admin, 'people sign in at the panel');
    await signIn(page);
    assert.equal(new URL(page.url()).origin + new URL(page.url()).pathname, `${gateway}/authorize`);
    assert.equal(await heading(), 'Let Sprint report act for you?');
    const text = await page.innerText('main');
    for (const words of [email, 'read issues, their comments', 'create issues, change and delete them', 'while you are away', 'nothing outside of what you choose', 'at any time'])
      assert.ok(text.includes(words), words);
    for (const jargon of ['jira-work', 'scope', 'OAuth']) assert.ok(!text.includes(jargon), jargon);
    assert.equal(await page.locator('main a[href]').getAttribute('href'), `${admin}/apps`);
    await accessible(page, 'the consent');
  },

  async oneProjectIsUntickedAndStaysClosed() {
    assert.ok((await page.getByLabel('acme/A').isChecked()) && (await page.getByLabel('acme/B').isChecked()), 'what was asked for');
    await page.getByLabel('acme/B').uncheck();
    await submit('Allow');
    assert.equal(await heading(), 'Signed in');
    const { access_token: token } = await tokens();
    assert.equal(await reach('A-1', token), 200);
    assert.equal(await reach('B-1', token), 404, 'Bob sees it, and the app does not');
  },

  async whatWasConsentedToIsNotAskedAgain() {
    await begin();
    assert.equal(await heading(), 'Signed in');
    await context.clearCookies();
    await begin();
    await signIn(page);
    assert.equal(await heading(), 'Signed in', 'by way of the sign-in too');
    await begin('prompt=login');
    assert.equal(await heading(), 'Signed in', 'just signed in');
    assert.equal(await reach('B-1', (await tokens()).access_token), 404);
  },

  async itIsRefused() {
    await begin('prompt=consent');
    assert.ok(!(await page.getByLabel('acme/B').isChecked()), 'as it was chosen before');
    await submit('Refuse');
    assert.equal(await heading(), 'Not signed in');
    assert.equal(await page.innerText('p'), 'access_denied');
  },

  async whoTicksNothingIsToldWhatToDo() {
    await begin('prompt=consent');
    await page.getByLabel('acme/A').uncheck();
    page.expectsErrors = true; // 400
    await submit('Allow');
    assert.match(await page.innerText('[role=alert]'), /Choose at least one project/);
    await accessible(page, 'the consent, wrong');
    page.expectsErrors = false;
  },

  async keysAloneDoIt() {
    await begin('prompt=consent');
    const press = async (key, label) => {
      await page.keyboard.press(key);
      const at = await page.evaluate(() => {
        const one = document.activeElement;
        return { label: one.labels?.[0]?.innerText.trim() ?? one.innerText, outline: getComputedStyle(one).outlineStyle };
      });
      assert.equal(at.label, label);
      assert.notEqual(at.outline, 'none', 'one sees where one is');
    };
    await press('Tab', 'acme/A');
    await press('Tab', 'acme/B');
    await page.keyboard.press('Space');
    assert.ok(await page.getByLabel('acme/B').isChecked());
    await press('Tab', 'Allow');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('h1').innerText === 'Signed in');
    assert.equal(await reach('B-1', (await tokens()).access_token), 200, 'ticked now');
  },

  async whoWasSignedOutMeanwhileIsNotLeftStanding() {
    await begin('prompt=consent');
    await context.clearCookies();
    await submit('Allow');
    assert.equal(new URL(page.url()).origin, admin);
    await signIn(page);
    assert.equal(await heading(), 'Let Sprint report act for you?');
  },

  async nobodyFramesIt() {
    page.expectsErrors = true;
    await page.goto(`${app}/frame?prompt=consent`);
    await page.waitForFunction(() => document.querySelector('iframe'));
    const [, frame] = page.frames();
    assert.match(frame.url(), /^chrome-error:/);
    assert.ok(!(await frame.content()).includes('act for you'));
    page.expectsErrors = false;
  },

  async noScriptRunsThere() {
    await begin('prompt=consent');
    page.expectsErrors = true;
    const ran = await page.evaluate(async (origin) => {
      const blocked = [];
      document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
      for (const fill of [(one) => (one.textContent = 'window.ran = 1'), (one) => (one.src = `${origin}/tokens`)]) {
        const script = document.createElement('script');
        fill(script);
        document.body.append(script);
      }
      const button = document.createElement('button');
      button.setAttribute('onclick', 'window.ran = 1');
      button.click();
      await fetch(`${origin}/tokens`).catch(() => {});
      await new Promise((done) => setTimeout(done, 100));
      return { ran: window.ran ?? 0, blocked: [...new Set(blocked)].sort() };
    }, app);
    assert.deepEqual(ran, { ran: 0, blocked: ['connect-src', 'script-src-attr', 'script-src-elem'] });
    page.expectsErrors = false;
  },

  async namesOfAppsStayTextAndReadAsTheyAre() {
    const direction = /[\u202a-\u202e\u2066-\u2069]/g;
    assert.ok(names.some(({ name }) => name.includes('<script')) && names.some(({ name }) => direction.test(name)));
    for (const { name, client_id } of names) {
      await page.goto(`${gateway}/authorize?${new URLSearchParams({ response_type: 'code', client_id, redirect_uri: 'https://app.example/callback', scope: 'read:jira-work', state: name })}`);
      const plain = name.replaceAll(direction, '');
      assert.equal(await page.textContent('h1'), `Let ${plain} act for you?`);
      assert.equal(await page.locator('main strong').first().textContent(), plain);
      assert.equal(await page.locator('main script, main img, main iframe, main svg, main [onerror]').count(), 0, name);
    }
    await accessible(page, 'a long name');
  },

  async aDeviceGetsItsTokensByItsCode() {
    const { client_id } = device;
    const begun = await form('/oauth/device_authorization', { client_id, scope: 'read:jira-work' });
    const other = await open(await browser.newContext({ viewport: { width: 1280, height: 860 } }));
    await other.goto(begun.verification_uri);
    await accessible(other, 'the code');
    await other.getByLabel('The code that your device shows').fill(begun.user_code);
    await submit('Go on', other);
    assert.equal(new URL(other.url()).origin, admin, 'to the sign-in, which a form of another origin may lead to');
    await signIn(other);
    assert.equal(await heading(other), 'Let Screen in the hall act for you?');
    const text = await other.innerText('main');
    for (const words of ['Did you start it yourself', begun.user_code, '127.0.0.1']) assert.ok(text.includes(words), words);
    await accessible(other, 'the consent for a device');
    await other.getByLabel('acme/B').uncheck();
    await submit('Allow', other);
    assert.equal(await heading(other), 'Done');
    const poll = () => form('/oauth/token', { client_id, grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: begun.device_code });
    const { access_token: token } = await poll();
    assert.deepEqual([await reach('A-1', token), await reach('B-1', token)], [200, 404]);
    await other.goto(`${gateway}/device`);
    await other.getByLabel('The code that your device shows').fill(begun.user_code);
    other.expectsErrors = true; // 404
    await submit('Go on', other);
    assert.match(await other.innerText('[role=alert]'), /Nothing waits under this code/);
    const second = await form('/oauth/device_authorization', { client_id, scope: 'read:jira-work' });
    await other.goto(second.verification_uri_complete);
    await submit('Refuse', other);
    assert.equal(await heading(other), 'Refused');
    await other.context().close();
  },

  async aProgramOnItsOwnMachineHasAnAddressOfTheSixthVersionToo() {
    if (!app6) return console.log('NOT RUN: there is no ::1 here');
    await page.goto(`${app6}/begin?prompt=consent`);
    await submit('Allow');
    assert.equal(await heading(), 'Signed in');
    assert.ok(page.url().startsWith(app6));
  },

  async whatIsTakenBackIsOverAtOnce() {
    await begin('prompt=consent');
    await submit('Allow');
    const { access_token: token } = await tokens();
    assert.equal(await reach('A-1', token), 200);
    await begin('prompt=consent');
    await page.click('main a[href]');
    await page.locator('li', { hasText: 'Sprint report' }).getByRole('button', { name: 'Take back', exact: true }).click();
    await page.getByLabel('To confirm, type').fill('Sprint report');
    await page.locator('dialog').getByRole('button', { name: 'Take back', exact: true }).click();
    await page.waitForFunction(() => !document.querySelector('dialog[open]'));
    assert.equal(await reach('A-1', token), 401);
    assert.equal((await fetch(`${app}/refresh`).then((answer) => answer.json())).error, 'invalid_grant');
    await begin();
    assert.equal(await heading(), 'Let Sprint report act for you?', 'it is asked anew');
  },
};

let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  const began = performance.now();
  faults.length = 0;
  try {
    await step();
    assert.deepEqual(faults, []);
    console.log(`ok ${name} (${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}: ${error.stack}\n${page.url()}\n${faults.join('\n')}`);
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
