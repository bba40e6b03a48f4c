// What the walks through the panel share: Debian's Chromium, whose faults are noted, pages that stand, axe-core, the keyboard alone.
//   GATEHOUSE_PANEL=FOLDER: the panel's files come from there (vite's dist) instead of from the binary; the server stays the real one.
//   PANEL_SCREENSHOTS=FOLDER: what a step saw when it failed.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

const { GATEHOUSE_PANEL: folder, PANEL_SCREENSHOTS: screenshots } = process.env;
const kTypes = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
/** As vite writes it into names. */
const kHash = /-[\w-]{8}\.\w+$/;
const kSize = { width: 1280, height: 860 };
const kRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function start({ base, api, key }) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const faults = [];

  async function newContext(options = {}) {
    const context = await browser.newContext({ viewport: kSize, ...options });
    if (folder) {
      await context.route('**/assets/panel/*', (route) => {
        const { pathname } = new URL(route.request().url());
        const names = readdirSync(join(folder, 'assets/panel'));
        const plain = basename(pathname).replace(kHash, '');
        const name = names.find((one) => one === basename(pathname)) ?? names.find((one) => one.replace(kHash, '') === plain && extname(one) === extname(pathname));
        if (!name) return route.fallback();
        // After a form the browser comes to the binary's own page, which asks for the files by its own hashes: a script by that name only
        // leads to the one of the folder, since the same module by two names would be two.
        const leads = name !== basename(pathname) && extname(name) === '.js';
        return route.fulfill({ body: leads ? `import '/assets/panel/${name}';` : readFileSync(join(folder, 'assets/panel', name)), contentType: kTypes[extname(name)] });
      });
      await context.route((url) => url.origin === base, async (route) => {
        if (route.request().resourceType() !== 'document' || route.request().method() !== 'GET') return route.fallback();
        const answer = await route.fetch({ maxRedirects: 0 });
        const text = await answer.text();
        const { 'content-encoding': _, ...headers } = answer.headers();
        return route.fulfill({ status: answer.status(), headers, body: text.includes('id="panel"') ? readFileSync(join(folder, 'index.html')) : text });
      });
    }
    return context;
  }

  /** A page that notes whatever must not happen; `page.expectsErrors` while the server is meant to refuse. */
  async function open(context) {
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    page.on('console', (message) => message.type() === 'error' && !page.expectsErrors && faults.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
    page.on('dialog', (dialog) => faults.push(`dialog: ${dialog.message()}`) && void dialog.dismiss());
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== base && protocol !== 'blob:' && protocol !== 'data:') faults.push(`asked elsewhere: ${request.url()}`);
    });
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
    return page;
  }

  async function settled(page) {
    await page.waitForSelector('main h1');
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
  }

  /** As the browser opens an address: all of it anew. */
  async function visit(page, path) {
    await page.goto(base + path);
    await settled(page);
  }

  /** As a link of the panel leads there: nothing is loaded again, and so it is quicker. */
  async function look(page, path) {
    await page.evaluate((to) => {
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, path);
    await settled(page);
  }

  /** A request to the REST API by an administrator's key; its answer must be a good one. */
  async function ask(method, target, body, by = key) {
    const answer = await fetch(`${api}${target}`, { method, headers: { Authorization: `Bearer ${by}`, ...(body ? { 'Content-Type': 'application/json' } : {}) }, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${target}: ${text}`);
    return text && JSON.parse(text);
  }
  const state = (target) => ask('GET', target);

  /** What axe-core finds on the page in the light theme, and what of its colours it finds in the dark one. */
  async function accessible(page, what) {
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
    const found = await page.evaluate(async (rules) => {
      const root = document.documentElement;
      const before = root.dataset.theme;
      const run = async (theme, only) => {
        root.dataset.theme = theme;
        const { violations } = await window.axe.run(document, { runOnly: only, resultTypes: ['violations'] });
        return violations.map((one) => `${theme}: ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
      };
      const all = [...(await run('light', rules)), ...(await run('dark', { type: 'rule', values: ['color-contrast'] }))];
      if (before === undefined) delete root.dataset.theme;
      else root.dataset.theme = before;
      return all;
    }, kRules);
    assert.deepEqual(found, [], what);
  }

  /** Nothing sticks out of it, however narrow it is. */
  async function fits(page, what) {
    let wide, room;
    // A page that was made narrow a moment ago takes its time to lie down anew.
    for (let tries = 0; tries < 20; tries += 1) {
      [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      if (wide <= room) return;
      await page.waitForTimeout(tries < 4 ? 30 : 250);
    }
    assert.fail(`${what} is ${wide} wide, with room for ${room}`);
  }

  /** Each address in both themes and on a narrow screen, by as many pages at a time as are given; each is opened once. `narrowToo`: those
      whose narrow form axe-core looks at too. */
  async function lookThrough(pages, paths, narrowToo = []) {
    const left = [...paths];
    await Promise.all(pages.map(async (page) => {
      for (let path = left.shift(); path; path = left.shift()) {
        await look(page, path);
        await accessible(page, path);
        await page.setViewportSize({ width: 400, height: 800 });
        await fits(page, path);
        if (narrowToo.includes(path)) await accessible(page, `${path}, narrow`);
        await page.setViewportSize(kSize);
      }
    }));
  }

  /** Each step by its name; a fault that was noted meanwhile fails it too. `chained`: each goes on from the one before, so that the first that
      fails is the last. Ends the process. */
  async function run(steps, page, { chained = false } = {}) {
    let failed = 0;
    for (const [name, step] of Object.entries(steps)) {
      const began = performance.now();
      faults.length = 0;
      try {
        await step();
        assert.deepEqual(faults, []);
        console.log(`ok ${name} (${Math.round(performance.now() - began)} ms)`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED ${name}: ${error.stack}\n${faults.join('\n')}\n${page.url()}\n${(await page.innerText('body').catch(() => '')).slice(0, 1500)}`);
        if (screenshots) {
          mkdirSync(screenshots, { recursive: true });
          await page.screenshot({ path: join(screenshots, `${name}.png`) });
        }
        if (chained) break;
      }
    }
    await browser.close();
    process.exit(failed ? 1 : 0);
  }

  return { browser, newContext, open, settled, visit, look, ask, state, accessible, fits, lookThrough, run, faults };
}
