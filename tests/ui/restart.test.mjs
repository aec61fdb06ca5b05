// The server dies in mid-stream and comes back: the answer completes, without a gap and without a word twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answers, finished, launch, openPage, send } from './browser.mjs';
import { Server } from './server.mjs';

const WORDS = Array.from({ length: 120 }, (_, i) => `w${i + 1}`).join(' ');

let server, browser;
before(async () => {
  // The words come slowly enough to be interrupted.
  [server, browser] = await Promise.all([Server.start({ OPENFANG_BUILTIN__WORD_DELAY_MS: '40' }), launch()]);
  await server.scripted('steady');
});
after(async () => {
  await browser.close();
  await server.stop();
});

test('kill -9 in mid-stream', async () => {
  const page = await openPage(browser, { mayFail: true });
  await page.goto(`${server.url}/#/steady`);
  await send(page, `@@reply ${WORDS}`);
  await answers(page).last().getByText('w20').waitFor();
  await server.kill();
  await page.getByText('Reconnecting…').waitFor();
  await page.getByRole('textbox', { name: 'Message steady' }).fill('typed in the meantime');
  await server.launch();
  await page.getByText('Reconnecting…').waitFor({ state: 'detached' });
  await finished(page);
  assert.equal(await answers(page).count(), 1);
  assert.equal(await answers(page).locator('.markdown').innerText(), WORDS);
  assert.equal(await page.getByRole('textbox', { name: 'Message steady' }).inputValue(), 'typed in the meantime');
  const { total } = await server.call('GET', '/api/runs');
  assert.equal(total, 1, 'nothing was done twice');
  await page.finish();
});

test('a message sent while the server is away arrives once', async () => {
  const page = await openPage(browser, { mayFail: true });
  await page.goto(`${server.url}/#/steady`);
  await answers(page).last().getByText('w120').waitFor();
  await server.kill();
  await send(page, '@@reply here at last');
  await page.locator('article.sent.sending').waitFor();
  await server.launch();
  await answers(page).nth(1).getByText('here at last').waitFor();
  const { total } = await server.call('GET', '/api/runs');
  assert.equal(total, 2);
  await page.finish();
});
