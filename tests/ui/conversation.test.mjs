// The conversation: first visit, streaming, stop, tools, sessions, drafts, hostile text.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { answers, finished, launch, openPage, send } from './browser.mjs';
import { Server } from './server.mjs';

let server, browser, page;
before(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
after(async () => {
  await browser.close();
  await server.stop();
});
afterEach(() => page.finish());

async function newSession(agent) {
  await page.getByRole('heading', { name: agent, level: 1 }).or(answers(page).first()).first().waitFor();
  if (await answers(page).count() > 0) await page.getByRole('button', { name: 'New session' }).first().click();
  await page.getByRole('heading', { name: agent, level: 1 }).waitFor();
}

test('the first visit leads to an answer', async () => {
  page = await openPage(browser);
  await page.goto(server.url);
  await page.getByText('No AI provider is set up, so the built-in model answers by fixed rules.').waitFor();
  await page.getByRole('button', { name: 'What is (18 + 24) * 3?' }).click();
  assert.match(await finished(page), /\(18 \+ 24\) \* 3 = 126/);
  const rail = page.getByRole('navigation');
  await rail.getByRole('link', { name: /assistant/ }).waitFor();
  await rail.getByRole('link', { name: /What is 18 24 3/ }).waitFor();
  const [agent] = await server.call('GET', '/api/agents');
  assert.equal(agent.name, 'assistant');
});

test('all things to try work', async () => {
  page = await openPage(browser);
  await server.call('POST', '/api/agents', { name: 'tried' });
  for (const [button, answer] of [
    ['What can you do?', /I am the built-in model/],
    ['Remember that my favourite colour is green', /favourite colour = green/],
  ]) {
    await page.goto(`${server.url}/#/tried`);
    await page.getByRole('button', { name: button }).click();
    assert.match(await finished(page), answer);
    await page.getByRole('button', { name: 'New session' }).first().click();
    await page.getByRole('button', { name: button }).waitFor();
  }
});

test('a link leads to an agent that is newer than the page, and a dead one to one that lives', async () => {
  page = await openPage(browser);
  await page.goto(server.url);
  await page.locator('.top-name').waitFor();
  const made = await server.call('POST', '/api/agents', { name: 'newer' });
  await page.goto(`${server.url}/#/newer`);
  await page.locator('.top-name').getByText('newer').waitFor();
  await server.call('DELETE', `/api/agents/${made.id}`);
  await page.locator('.top-name').getByText('newer').waitFor({ state: 'detached' });
  await page.locator('.top-name strong').waitFor();
});

test('an agent is made from a template', async () => {
  page = await openPage(browser);
  await page.goto(server.url);
  await page.getByRole('button', { name: 'New agent' }).click();
  const dialog = page.getByRole('dialog', { name: 'New agent' });
  await dialog.getByLabel('Find a template').fill('research');
  await dialog.getByRole('radio', { name: /^researcher/ }).check();
  assert.equal(await dialog.getByRole('textbox', { name: 'Name' }).inputValue(), 'researcher');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'researcher' }).waitFor();
  await page.getByRole('button', { name: 'New agent' }).click();
  await dialog.getByRole('radio', { name: /^researcher/ }).check();
  assert.equal(await dialog.getByRole('textbox', { name: 'Name' }).inputValue(), 'researcher-2', 'a free name');
});

test('text streams in, and Stop keeps what was written', async () => {
  page = await openPage(browser);
  await server.scripted('slow');
  await page.goto(`${server.url}/#/slow`);
  await send(page, '@@reply one two three four\n@@hang after_chunks=3');
  await answers(page).last().getByText('one two three').waitFor();
  await page.locator('.row', { hasText: 'slow' }).getByText('working').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  const text = await finished(page);
  assert.match(text, /one two three/);
  assert.match(text, /Stopped/);
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  await page.reload();
  assert.match(await finished(page), /one two three[^]*Stopped/, 'the same after a reload');
});

test('withdrawn text disappears when the model begins anew', async () => {
  page = await openPage(browser);
  await page.goto(`${server.url}/#/slow`);
  await newSession('slow');
  await send(page, '@@error overloaded times=1 after_chunks=2\n@@reply one two three four');
  await finished(page);
  assert.equal(await answers(page).last().locator('.markdown').innerText(), 'one two three four');
});

test('a reader who went up stays there, and is told of new text', async () => {
  page = await openPage(browser);
  await page.goto(`${server.url}/#/slow`);
  await newSession('slow');
  await send(page, `@@reply <<END\n${Array.from({ length: 60 }, (_, i) => `Paragraph ${i + 1}.`).join('\n\n')}\nEND`);
  const scroll = page.locator('.scroll');
  const atEnd = () => page.waitForFunction(() => {
    const el = document.querySelector('.scroll');
    return el.scrollHeight - el.scrollTop - el.clientHeight < 2;
  });
  await answers(page).last().getByText('Paragraph 15.').waitFor();
  await atEnd();
  await scroll.evaluate((el) => el.scrollTo(0, 100));
  await page.getByRole('button', { name: 'New text' }).waitFor();
  await finished(page);
  assert.equal(await scroll.evaluate((el) => el.scrollTop), 100);
  await page.getByRole('button', { name: 'New text' }).click();
  await atEnd();
});

test('older messages come when the reader reaches the top', async () => {
  page = await openPage(browser);
  await server.call('POST', '/api/agents', { name: 'old' });
  for (let i = 1; i <= 60; i++) await server.call('POST', '/api/agents/old/message', { message: `say number ${i};` });
  await page.goto(`${server.url}/#/old`);
  await answers(page).last().getByText('number 60;').waitFor();
  assert.equal(await answers(page).count(), 50, 'the newest hundred messages');
  const scroll = page.locator('.scroll');
  await scroll.evaluate((el) => el.scrollTo(0, 0));
  await page.locator('.bubble', { hasText: 'number 1;' }).waitFor();
  assert.equal(await answers(page).count(), 60);
  assert.ok((await scroll.evaluate((el) => el.scrollTop)) > 500, 'the reader stays where they were');
});

test('Esc stops, and a message in the meantime waits its turn', async () => {
  page = await openPage(browser);
  await page.goto(`${server.url}/#/slow`);
  await newSession('slow');
  await send(page, '@@reply first\n@@hang after_chunks=1');
  await answers(page).last().getByText('first').waitFor();
  await send(page, '@@reply second');
  await page.getByText('Waiting for the message before').waitFor();
  const [first, second] = [answers(page).nth(0), answers(page).nth(1)];
  await server.call('POST', `/api/runs/${(await server.call('GET', '/api/runs?status=running')).runs[0].id}/cancel`, {});
  await first.getByText('Stopped').waitFor();
  await second.getByText('second').waitFor();
  await send(page, '@@reply third\n@@hang after_chunks=1');
  await answers(page).last().getByText('third').waitFor();
  await page.keyboard.press('Escape');
  await answers(page).last().getByText('Stopped').waitFor();
});

test('a call that asks waits for the reader, also over a reload', async () => {
  page = await openPage(browser);
  await server.scripted('asker', { profile: 'coding', tools: { file_write: { approval: 'ask' } } });
  await page.goto(`${server.url}/#/asker`);
  await send(page, '@@tool file_write {"path":"a.txt","content":"x"}\n@@turn\n@@reply first done');
  const question = page.getByRole('group', { name: 'May the agent use file_write?' });
  await question.waitFor();
  await page.reload();
  await question.getByRole('button', { name: 'Allow' }).click();
  assert.match(await finished(page), /first done/);
  await send(page, '@@tool file_write {"path":"b.txt","content":"x"}\n@@turn\n@@reply second done');
  await question.getByRole('button', { name: 'Refuse' }).click();
  assert.match(await finished(page), /second done/);
  assert.match(await answers(page).last().locator('details.tool summary').innerText(), /refused/);
});

test('a tool call is one line that opens', async () => {
  page = await openPage(browser);
  await server.scripted('reader', { profile: 'coding' });
  await page.goto(`${server.url}/#/reader`);
  await send(page, '@@tool file_write {"path":"notes/a.txt","content":"hello from the tool"}\n@@turn\n@@tool file_read {"path":"notes/a.txt"}\n@@tool file_read {"path":"missing.txt"}\n@@turn\n@@reply all read');
  assert.match(await finished(page), /all read/);
  const check = async () => {
    const lines = answers(page).last().locator('details.tool');
    assert.equal(await lines.count(), 3);
    assert.match(await lines.nth(1).locator('summary').innerText(), /file_read\s+notes\/a\.txt/);
    assert.match(await lines.nth(2).locator('summary').innerText(), /failed/, 'a failed call says so in its line');
    await lines.nth(1).locator('summary').click();
    await lines.nth(1).getByText('hello from the tool').waitFor();
  };
  await check();
  await page.reload();
  await answers(page).last().getByText('all read').waitFor();
  await check();
});

test('sessions: a new one, back to the old one, drafts of each', async () => {
  page = await openPage(browser);
  await server.call('POST', '/api/agents', { name: 'desk' });
  await page.goto(`${server.url}/#/desk`);
  const field = page.getByRole('textbox', { name: 'Message desk' });
  await send(page, 'say red');
  assert.match(await finished(page), /red/);
  await field.fill('half a thought');
  await page.getByRole('button', { name: 'New session' }).first().click();
  await page.getByRole('button', { name: 'What can you do?' }).waitFor();
  assert.equal(await field.inputValue(), '');
  await send(page, 'say blue');
  assert.match(await finished(page), /blue/);
  const rail = page.getByRole('navigation');
  await rail.getByRole('link', { name: /say red/ }).click();
  await answers(page).last().getByText('red').waitFor();
  assert.equal(await answers(page).count(), 1);
  assert.equal(await field.inputValue(), 'half a thought');
  await page.reload();
  await answers(page).last().getByText('red').waitFor();
  assert.equal(await field.inputValue(), 'half a thought');
  const { sessions } = await server.call('GET', '/api/agents/desk/sessions');
  assert.equal(sessions.find((s) => s.active).label, 'say red', 'the server switched too');
});

test('a session is deleted after the time to take it back', async () => {
  page = await openPage(browser);
  await page.goto(`${server.url}/#/desk`);
  const row = page.getByRole('navigation').getByRole('link', { name: /say blue/ });
  await row.hover();
  await page.getByRole('button', { name: 'Delete say blue' }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await row.waitFor();
  const { total } = await server.call('GET', '/api/agents/desk/sessions');
  assert.equal(total, 2);
});

test('what another client sends appears', async () => {
  page = await openPage(browser);
  await server.call('POST', '/api/agents', { name: 'shared' });
  await page.goto(`${server.url}/#/shared`);
  await send(page, 'say mine');
  await finished(page);
  await server.call('POST', '/api/agents/shared/message', { message: 'say theirs' });
  await answers(page).nth(1).getByText('theirs').waitFor();
});

const HOSTILE = `@@reply <<END
# Title <img src=x onerror="alert(1)">

<script>alert(2)</script>

[link](javascript:alert(3)) [data](data:text/html,<script>alert(4)</script>) [fine](https://example.com/)

<svg onload="alert(5)"><style>body{display:none}</style></svg>

![picture](https://example.com/tracker.png)

| a | b |
|:--|--:|
| <b onclick="alert(6)">1</b> | 2 |

<iframe src="/"></iframe><form action="/"><input name="q"></form>

\`\`\`html
<script>alert(7)</script>
\`\`\`
END`;

test('hostile Markdown is only text', async () => {
  page = await openPage(browser);
  await page.goto(`${server.url}/#/slow`);
  await newSession('slow');
  await send(page, HOSTILE);
  await finished(page);
  const answer = answers(page).last();
  await answer.getByText('<script>alert(2)</script>', { exact: true }).waitFor();
  assert.equal(await answer.locator('img, script, iframe, form, input, style, svg, object, [onclick], [onerror], [onload]').count(), 0);
  const links = await answer.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  assert.deepEqual(links.filter((href) => href !== null), ['https://example.com/', 'https://example.com/tracker.png']);
  assert.equal(await answer.getByRole('link', { name: 'fine' }).getAttribute('rel'), 'noopener noreferrer');
  assert.equal(await answer.locator('td').nth(1).evaluate((cell) => getComputedStyle(cell).textAlign), 'right');
  assert.equal(await answer.locator('pre code').innerText(), '<script>alert(7)</script>\n');
});
