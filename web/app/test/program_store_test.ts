import { local } from './page_globals';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Language } from '../src/api/types';
import type { Program } from '../src/run/program';
import { bring_back, change_file, change_program, choose_language, forget_programs, kept, open_program, program, program_before, show_sample } from '../src/run/program_store';

const language = (id: string) => ({ id, file_name: `main.${id}`, sample: `sample of ${id}` }) as Language;
const own: Program = {
  language: 'python', version: null, files: [{ name: 'main.py', content: 'my own' }], entry: 'main.py', args: '', stdin: '', artifacts: '', mode: 'input',
};
const shared = (content: string) => ({ language: 'python', files: [{ name: 'main.py', content }] });
const text = () => program.value?.files[0]?.content;

test('what one wrote is kept over several programs from outside', () => {
  forget_programs();
  program.set(own);
  assert.ok(open_program(shared('first')));
  assert.ok(open_program(shared('second')));
  change_program({ mode: 'console' });
  show_sample(language('python'));
  assert.deepEqual(program_before.value, own);
  bring_back();
  assert.equal(text(), 'my own');
});

test('a program from outside that was changed is one\'s own', () => {
  forget_programs();
  program.set(own);
  open_program(shared('first'));
  change_file('main.py', 'changed');
  open_program(shared('second'));
  assert.equal(program_before.value?.files[0]?.content, 'changed');
});

test('another language\'s sample is nobody\'s', () => {
  forget_programs();
  program.set(own);
  open_program(shared('first'));
  choose_language(language('c'));
  open_program(shared('second'));
  assert.deepEqual(program_before.value, own);
});

test('drafts are there as long as the page is, also where the browser keeps nothing', () => {
  forget_programs();
  kept.set(true);
  program.set(own);
  local.most = 0;
  choose_language(language('c'));
  assert.equal(kept.value, false);
  choose_language({ ...language('python'), file_name: 'main.py' });
  assert.equal(text(), 'my own');
  local.most = Number.POSITIVE_INFINITY;
});

test('what was forgotten is nowhere', async () => {
  program.set(own);
  open_program(shared('mine too'));
  choose_language(language('c'));
  forget_programs();
  dispatchEvent(new Event('pagehide'));
  assert.equal(program.value, null);
  assert.equal(program_before.value, null);
  for (let index = 0; index < local.length; ++index) assert.doesNotMatch(local.getItem(local.key(index) ?? '') ?? '', /mine|my own/);
  choose_language({ ...language('python'), file_name: 'main.py' });
  assert.equal(text(), 'sample of python');
});

test('another tab that signed out is followed', () => {
  program.set(own);
  dispatchEvent(Object.assign(new Event('storage'), { key: 'runyard.program', newValue: null }));
  assert.equal(program.value, null);
});
