// Chromium, and pages that must not complain: every error on the console and every breach of the content policy counts.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });

/** `mayFail` admits the lines that the browser writes for refused or broken requests. */
export async function openPage(browser, { theme = 'light', size = DESK, mayFail = false } = {}) {
  const phone = size === PHONE;
  const context = await browser.newContext({ colorScheme: theme, viewport: size, isMobile: phone, hasTouch: phone, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on('console', (message) => {
    const isRequest = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !(mayFail && isRequest)) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await context.exposeBinding('breach', (_, text) => complaints.push(`content policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (e) => window.breach(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
  });
  page.finish = async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  };
  return page;
}

/** Sends a message as a person does. */
export async function send(page, text) {
  const field = page.getByRole('textbox', { name: /^Message/ });
  await field.fill(text);
  await field.press('Enter');
}

export const answers = (page) => page.locator('article.answer');

/** The text of the last answer once it is over. */
export async function finished(page) {
  const last = answers(page).last();
  await last.and(page.locator('.completed, .cancelled, .failed')).waitFor();
  return last.innerText();
}
