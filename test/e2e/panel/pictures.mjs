// Takes the pictures of the documentation (pictures.json) of the real panel, light, 1280 pixels wide. test_panel_pictures.py starts it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './browser.mjs';

const told = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const pictures = JSON.parse(readFileSync('pictures.json', 'utf8'));
const walk = await start(told);
const page = await walk.open(await walk.newContext({ viewport: { width: 1280, height: 720 }, colorScheme: 'light', reducedMotion: 'reduce' }));

mkdirSync(told.folder, { recursive: true });
const steps = {
  async signsIn() {
    await page.goto(told.link);
    await walk.visit(page, '/');
  },
};
for (const { name, path, top } of pictures) {
  steps[name] = async () => {
    await walk.look(page, path.replace(/\{(\w+)\}/g, (_, key) => told.places[key]));
    assert.notEqual(await page.innerText('h1'), 'No such page');
    if (top) await page.evaluate((at) => scrollTo(0, document.querySelector(at).getBoundingClientRect().top + scrollY - 140), top);
    await page.screenshot({ path: join(told.folder, `${name}.png`), scale: 'css', animations: 'disabled', caret: 'hide' });
  };
}
await walk.run(steps, page, { chained: true });
