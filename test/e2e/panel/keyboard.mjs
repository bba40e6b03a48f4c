// Somebody without a mouse: what is wanted is reached by Tab (or by the keys of the panel), never focused, clicked or filled by the driver.
import assert from 'node:assert/strict';

const kMost = 150;

export function keyboardOf(page) {
  const { keyboard } = page;
  const press = (...keys) => keys.reduce((before, key) => before.then(() => keyboard.press(key)), Promise.resolve());

  /** In the dialog that is open, if one is; what stands behind it can't be reached then. */
  const find = (role, name, exact) => (exact ? page.getByRole(role, { name, exact }) : page.getByRole(role, { name })).locator('visible=true').first();

  /** Goes by Tab until it has the focus. `within` is a selector, where the same name stands several times. */
  async function reach(role, name, { exact = typeof name === 'string', within } = {}) {
    const wanted = within ? page.locator(within).getByRole(role, { name, exact }).first() : find(role, name, exact);
    await wanted.waitFor();
    for (let pressed = 0; pressed < kMost; pressed += 1) {
      if (await wanted.evaluate((one) => one === document.activeElement)) return wanted;
      await press('Tab');
    }
    return assert.fail(`${role} ${name} is not reached by Tab`);
  }

  /** Reaches it and presses a key. */
  async function on(role, name, { key = 'Enter', ...how } = {}) {
    const wanted = await reach(role, name, how);
    await press(key);
    return wanted;
  }

  /** Writes over what stands in a field. */
  async function write(label, text, { role = 'textbox', ...how } = {}) {
    await reach(role, label, how);
    await press('Control+a');
    await keyboard.type(text);
  }

  /** One of a list that opens: by its first letters. */
  async function choose(label, letters, how = {}) {
    await reach('combobox', label, how);
    await keyboard.type(letters);
  }

  /** One of a group of radio buttons: Tab leads to the group, arrows through it. */
  async function radio(group, name) {
    const wanted = page.getByRole(group.role ?? 'radiogroup', { name: group.name }).getByRole('radio', { name });
    await wanted.waitFor();
    const inside = () => wanted.evaluate((one) => document.activeElement?.name === one.name && document.activeElement.type === 'radio');
    for (let pressed = 0; !(await inside()); pressed += 1) {
      assert.ok(pressed < kMost, `${group.name} is not reached by Tab`);
      await press('Tab');
    }
    if (!(await wanted.isChecked())) await press('Space');
    for (let pressed = 0; !(await wanted.isChecked()); pressed += 1) {
      assert.ok(pressed < 20, `${name} is not reached by arrows`);
      await press('ArrowDown');
    }
  }

  /** A page by what the palette finds. */
  async function find_(words, option) {
    await press('Control+k');
    await keyboard.type(words);
    await page.getByRole('option', { name: option }).first().waitFor();
    for (let pressed = 0; !(await page.locator('[role=option][aria-selected=true]').innerText()).includes(option); pressed += 1) {
      assert.ok(pressed < 20, `${option} is not found by ${words}`);
      await press('ArrowDown');
    }
    await press('Enter');
  }

  return { press, type: (text) => keyboard.type(text), reach, on, write, choose, radio, palette: find_ };
}
