// Problems in a real browser, through the whole stack: written by an author, solved by somebody else.
//   node problems_page.mjs     with RUNYARD_TEST_URL
import assert from 'node:assert/strict';
import { test, before, after } from 'node:test';
import { open_browser } from './browser.mjs';
import { editor_ready } from './page.mjs';
import { assert_clean, assert_presentable, call, new_name, new_user, open_as } from './views.mjs';

let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

const kAdds = 'a, b = input().split()\nprint(int(a) + int(b))';

async function new_problem(author, more = {}) {
  return call('POST', 'problems', {
    token: author.token,
    body: {
      title: `Sum ${new_name()}`,
      description: '# Task\n\nAdd **two** numbers.\n\n<script>window.harmed = 1</script> [bad](javascript:alert(1)) [good](https://example.com/)',
      code_template: { python: '# your answer\n' },
      tests: [
        { name: 'small', stdin: '1 2\n', expected_output: '3\n' },
        { name: 'zero', stdin: '0 0\n', expected_output: '0\n' },
        { name: 'secret', stdin: '41 1\n', expected_output: '42\n', hidden: true },
      ],
      ...more,
    },
  });
}

test('a problem is solved, after an answer that was wrong', async () => {
  const problem = await new_problem(await new_user());
  const user = await new_user();
  const { page, seen, context } = await open_as(browser, user, '/#/problems');
  await page.getByRole('link', { name: problem.title }).click();
  await page.getByRole('heading', { name: 'Task' }).waitFor();
  assert.equal(await page.locator('.markdown strong').textContent(), 'two');
  assert.match(await page.locator('.markdown').textContent(), /<script>window\.harmed = 1<\/script>/);
  assert.deepEqual(await page.locator('.markdown a').evaluateAll((links) => links.map((link) => link.href)), ['https://example.com/']);
  assert.equal(await page.evaluate(() => window.harmed), undefined);
  const field = page.locator('textarea[aria-label="Your answer"]');
  assert.equal(await field.inputValue(), '# your answer\n');

  await field.fill('print(3)');
  await page.getByRole('button', { name: 'Run the tests' }).click();
  await page.getByRole('heading', { name: 'Not solved: 1 of 3 tests passed' }).waitFor();
  const results = page.getByRole('region', { name: 'Result' });
  // The first that failed is unfolded, with what differs.
  const difference = results.getByRole('group', { name: /Difference/ });
  assert.match(await difference.locator('.diff-missing').textContent(), /expected: .*0/);
  assert.match(await difference.locator('.diff-extra').textContent(), /written: .*3/);
  const hidden = results.getByRole('listitem').nth(2);
  assert.match(await hidden.textContent(), /hidden 1.*Wrong answer/);
  await hidden.locator('summary').click();
  assert.doesNotMatch(await hidden.textContent(), /41 1|42/);
  await assert_presentable(page, 'problem-failed');

  await field.fill(kAdds);
  await field.press('Control+Enter');
  await page.getByRole('heading', { name: 'Solved: 3 of 3 tests passed' }).waitFor();
  await assert_presentable(page, 'problem-solved');

  // The answer is kept, until one starts over.
  await page.reload();
  await field.waitFor();
  assert.equal(await field.inputValue(), kAdds);
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await field.inputValue(), '# your answer\n');
  await page.getByRole('link', { name: 'My answers' }).click();
  await page.getByText('2 executions').waitFor();
  assert_clean(seen);
  await context.close();
});

test('answers are written in the editor', async () => {
  const problem = await new_problem(await new_user());
  const { page, seen, context } = await open_as(browser, await new_user(), `/#/problems/${problem.problem_id}`, { plain: false });
  await editor_ready(page);
  await page.locator('.monaco-editor').first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(kAdds);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: 'Solved: 3 of 3 tests passed' }).waitFor();
  await assert_presentable(page, 'problem-editor');
  assert_clean(seen);
  await context.close();
});

test('an answer that never ends is stopped', async () => {
  const problem = await new_problem(await new_user(), { time_limit: 60 });
  const { page, context } = await open_as(browser, await new_user(), `/#/problems/${problem.problem_id}`);
  await page.locator('textarea[aria-label="Your answer"]').fill('while True: pass');
  await page.getByRole('button', { name: 'Run the tests' }).click();
  await page.getByText('The tests run…').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('heading', { name: /Not solved/ }).waitFor();
  await context.close();
});

test('an author writes a problem, is told what is wrong, changes it, and deletes it', async () => {
  const author = await new_user();
  const { page, seen, context } = await open_as(browser, author, '/#/problems/new');
  const save = page.getByRole('button', { name: 'Make the problem' });
  await page.getByLabel('Time limit (seconds)').fill('0');
  await page.getByLabel('Weight').fill('none');
  await save.click();
  await page.getByText('It is not saved: some fields are wrong.').waitFor();
  const title = page.getByLabel('Title');
  // The first mistake has the focus, and each stands at its field.
  await title.and(page.locator(':focus')).waitFor();
  for (const name of ['Title', 'Time limit (seconds)', 'Weight']) {
    assert.equal(await page.getByLabel(name).getAttribute('aria-invalid'), 'true', name);
  }
  await assert_presentable(page, 'problem-wrong');

  const name = `Echo ${new_name()}`;
  await title.fill(name);
  await page.getByLabel('Description').fill('Say what was said.');
  await page.getByLabel('Time limit (seconds)').fill('2.5');
  await page.getByLabel('Weight').fill('2');
  await page.getByLabel('Input', { exact: true }).fill('hello\n');
  await page.getByLabel('Expected output').fill('hello\n');
  await page.getByRole('button', { name: 'Add a test' }).click();
  await page.getByLabel('Name').nth(1).fill('secret');
  await page.getByLabel('Hidden').nth(1).check();
  await page.getByLabel('Input', { exact: true }).nth(1).fill('psst\n');
  await page.getByLabel('Expected output').nth(1).fill('psst\n');
  await page.getByLabel('How outputs are compared').selectOption('tokens');
  await page.getByLabel('Another language').selectOption('python');
  await page.getByRole('button', { name: 'Add a template' }).click();
  await page.getByLabel('Template for Python', { exact: true }).fill('print(input())\n');
  await save.click();
  await page.getByText('The problem is made.').waitFor();
  await assert_presentable(page, 'problem-author');

  const { problems: [entry] } = await call('GET', 'problems?mine=true', { token: author.token });
  const stored = await call('GET', `problems/${entry.problem_id}`, { token: author.token });
  assert.equal(stored.title, name);
  assert.equal(stored.time_limit, 2.5);
  assert.equal(stored.checker, 'tokens');
  assert.deepEqual(stored.code_template, { python: 'print(input())\n' });
  assert.deepEqual(stored.tests.map((one) => [one.name, one.stdin, one.expected_output, one.weight, one.hidden]),
    [['1', 'hello\n', 'hello\n', 2, false], ['secret', 'psst\n', 'psst\n', 1, true]]);

  await page.getByLabel('Title').fill(`${name}, changed`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'Problems' }).waitFor();
  const left = await call('GET', 'problems?mine=true', { token: author.token });
  assert.deepEqual(left.problems, []);
  assert_clean(seen, 422);
  await context.close();
});

test('what was changed elsewhere is not overwritten unseen', async () => {
  const author = await new_user();
  const problem = await new_problem(author);
  const { page, seen, context } = await open_as(browser, author, `/#/problems/${problem.problem_id}/edit`);
  await page.getByLabel('Title').fill('Mine');
  await call('PATCH', `problems/${problem.problem_id}`, { token: author.token, body: { title: 'Theirs' } });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('this problem was changed elsewhere').waitFor();
  const stored = async () => (await call('GET', `problems/${problem.problem_id}`, { token: author.token })).title;
  assert.equal(await stored(), 'Theirs');
  await page.getByRole('button', { name: 'Load that, and lose mine' }).click();
  assert.equal(await page.getByLabel('Title').inputValue(), 'Theirs');
  await page.getByLabel('Title').fill('Mine after all');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  assert.equal(await stored(), 'Mine after all');
  assert_clean(seen);
  await context.close();
});

test('what an author has not saved is there after another view, and after the sign-in has ended', async () => {
  const author = await new_user();
  const problem = await new_problem(author);
  const { page, context } = await open_as(browser, author, `/#/problems/${problem.problem_id}/edit`);
  const title = page.getByLabel('Title');
  await title.fill('Long work');
  await page.getByRole('link', { name: 'History' }).first().click();
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await page.goBack();
  await page.getByText('This is what you wrote before and did not save.').waitFor();
  assert.equal(await title.inputValue(), 'Long work');

  await page.route(`**/api/v1/problems/${problem.problem_id}`, (route) => route.fulfill({ status: 401, body: '{"detail":"no"}' }), { times: 1 });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('It is not saved: your sign-in is no longer valid.').waitFor();
  assert.equal(await title.inputValue(), 'Long work');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  assert.equal((await call('GET', `problems/${problem.problem_id}`, { token: author.token })).title, 'Long work');

  await title.fill('A slip');
  await page.getByRole('link', { name: '← Problems' }).click();
  await page.goBack();
  await page.getByRole('button', { name: 'Discard it' }).click();
  assert.equal(await title.inputValue(), 'Long work');
  await context.close();
});

test('a problem is its author’s to change, and one that is not there is told as such', async () => {
  const problem = await new_problem(await new_user());
  const { page, context } = await open_as(browser, await new_user(), `/#/problems/${problem.problem_id}/edit`);
  await page.getByText('Only its author can change this problem.').waitFor();
  await page.goto(`${page.url().replace(/#.*/, '')}#/problems/01900000-0000-7000-8000-000000000000`);
  await page.getByText('There is no such problem.').waitFor();
  await page.getByRole('link', { name: '← Problems' }).click();
  await page.getByLabel('Only mine').check();
  await page.getByText('You have written no problem yet.').waitFor();
  await assert_presentable(page, 'problems-none');
  await page.getByLabel('Only mine').uncheck();
  await page.getByRole('link', { name: problem.title }).waitFor();
  await assert_presentable(page, 'problems');
  await context.close();
});
