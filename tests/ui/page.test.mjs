// The page around the conversation: themes, keyboard, phone, errors, installation.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { DESK, PHONE, answers, finished, launch, openPage, send } from './browser.mjs';
import { Server } from './server.mjs';

let server, browser, page;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  await server.call('POST', '/api/agents', { name: 'alpha' });
  await server.call('POST', '/api/agents', { name: 'beta' });
});
after(async () => {
  await browser.close();
  await server.stop();
});
afterEach(() => page.finish());

const background = () => page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
const [LIGHT, DARK] = ['rgb(251, 251, 250)', 'rgb(17, 18, 20)'];

for (const [theme, own, other] of [['light', LIGHT, DARK], ['dark', DARK, LIGHT]]) {
  test(`follows a ${theme} system, and remembers another choice`, async () => {
    page = await openPage(browser, { theme });
    await page.goto(`${server.url}/#/alpha`);
    await page.getByRole('button', { name: 'Dark or light' }).waitFor();
    assert.equal(await background(), own);
    await page.getByRole('button', { name: 'Dark or light' }).click();
    assert.equal(await background(), other);
    await page.reload();
    await page.getByRole('button', { name: 'Dark or light' }).waitFor();
    assert.equal(await background(), other);
  });

  for (const size of [DESK, PHONE]) {
    test(`text is legible in ${theme} at ${size.width}`, async () => {
      page = await openPage(browser, { theme, size });
      await page.goto(`${server.url}/#/alpha`);
      await page.getByRole('button', { name: 'What can you do?' }).waitFor();
      const low = await page.evaluate(lowContrasts);
      assert.deepEqual(low, []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), size.width, 'nothing sticks out');
    });
  }
}

/** Runs in the page: visible texts whose contrast is below 4.5. */
function lowContrasts() {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgb = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) =>
    [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const low = [];
  for (const el of document.querySelectorAll('body *')) {
    const hasText = [...el.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!hasText || !el.checkVisibility({ visibilityProperty: true }) || el.closest('.sr, :disabled')) continue;
    const [a, b] = [luminance(rgb(getComputedStyle(el).color)), luminance(behind(el))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${el.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return low;
}

test('the keyboard reaches everything', async () => {
  page = await openPage(browser);
  await page.goto(`${server.url}/#/alpha`);
  await page.getByRole('heading', { name: 'alpha', level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Go to' });
  await palette.getByRole('combobox').fill('bet');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'beta', level: 1 }).waitFor();
  await palette.waitFor({ state: 'detached' });
  await page.getByRole('textbox', { name: 'Message beta' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'TEXTAREA', 'ready to write');
  await send(page, 'say hi');
  await finished(page);
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.getByRole('textbox').inputValue(), 'say hi', 'the last message again');
  await page.keyboard.press('Alt+n');
  await page.getByRole('button', { name: 'What can you do?' }).waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'detached' });
});

test('on a phone the rail is a sheet', async () => {
  page = await openPage(browser, { size: PHONE });
  await page.goto(`${server.url}/#/alpha`);
  const rail = page.getByRole('complementary', { name: 'Agents and sessions' });
  await page.getByRole('button', { name: 'Agents and sessions' }).tap();
  await rail.getByRole('link', { name: /beta/ }).tap();
  await page.locator('.top-name').getByText('beta').waitFor();
  await rail.waitFor({ state: 'hidden' });
  const field = page.getByRole('textbox', { name: 'Message beta' });
  await field.fill('say from a phone');
  await page.getByRole('button', { name: 'Send' }).tap();
  await answers(page).last().getByText('from a phone').waitFor();
});

test('a refusal says why and what to do, and the message is not lost', async () => {
  page = await openPage(browser, { mayFail: true });
  await server.call('POST', '/api/agents', { name: 'paused' });
  await page.goto(`${server.url}/#/paused`);
  await page.getByRole('heading', { name: 'paused', level: 1 }).waitFor();
  await server.call('POST', '/api/agents/paused/suspend', {});
  await send(page, 'say anyway');
  const problem = page.getByRole('alert');
  await problem.getByText('Not sent.').waitFor();
  assert.match(await problem.innerText(), /Suspended|suspended/);
  await problem.getByText('Details').click();
  await problem.getByText('agent_not_running').waitFor();
  await page.getByText('paused is suspended and takes no messages.').waitFor();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Start' }).waitFor({ state: 'detached' });
  await problem.getByRole('button', { name: 'Retry' }).click();
  await answers(page).last().getByText('anyway').waitFor();
});

test('a failed run says why, and can be sent again', async () => {
  page = await openPage(browser);
  await server.scripted('failing');
  await page.goto(`${server.url}/#/failing`);
  await send(page, '@@error bad_request always message="the provider does not like this"');
  await finished(page);
  await page.getByText('No answer.').waitFor();
  await page.reload();
  await page.getByText('No answer.').waitFor();
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByText('No answer.').nth(1).waitFor();
});

test('the page can be installed', async () => {
  page = await openPage(browser);
  await page.goto(server.url);
  const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
  assert.equal(scope, `${server.url}/`);
  const manifest = await page.evaluate(async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json());
  assert.equal(manifest.start_url, '/');
});
