// Servers that want to know who is there: a key, or name and password.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { launch, openPage } from './browser.mjs';
import { Server } from './server.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test('with a key', async () => {
  const server = await Server.start({ OPENFANG_API_KEY: 'right-key' });
  const page = await openPage(browser, { mayFail: true });
  try {
    await page.goto(server.url);
    const field = page.getByLabel('API key');
    await field.fill('wrong-key');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This key is not valid.').waitFor();
    await field.fill('right-key');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Nobody works here yet' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Nobody works here yet' }).waitFor();
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.includes('key')).length), 0, 'kept for this tab only');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await field.waitFor();
    await page.finish();
  } finally {
    await server.stop();
  }
});

test('with name and password', async () => {
  const hash = execFileSync(process.env.OPENFANG_BINARY, ['keys', 'hash-password'], { input: 'open sesame\n' }).toString().trim().split('\n').at(-1);
  const server = await Server.start({ OPENFANG_AUTH__ENABLED: 'true', OPENFANG_AUTH__PASSWORD_HASH: hash });
  const page = await openPage(browser, { mayFail: true });
  try {
    await page.goto(server.url);
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('Not signed in.').waitFor();
    await page.getByLabel('Password').fill('open sesame');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Nobody works here yet' }).waitFor();
    await page.getByRole('button', { name: 'What can you do?' }).click();
    await page.getByText('I am the built-in model').first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();
    await page.finish();
  } finally {
    await server.stop();
  }
});
