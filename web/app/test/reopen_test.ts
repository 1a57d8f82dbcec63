import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Language } from '../src/api/types';
import { reopen } from '../src/views/history/reopen';
import { as_submission } from '../src/run/program';

const python = { id: 'python', version: '3.13.5', file_name: 'main.py' } as Language;

test('what was submitted is what the editor submits', () => {
  const submitted = {
    language: 'python', version: '3.12.1', files: [{ name: 'main.py', content: '1' }, { name: 'b.py', content: '2' }], entry: 'main.py',
    stdin: 'x\n', args: ['a b', '"'], artifacts: ['out.txt'],
  };
  const program = reopen(submitted, python)?.program;
  assert.ok(program);
  assert.deepEqual(as_submission(program, python), submitted);
});

test('the default version stays the default', () => {
  const submitted = { language: 'python', version: '3.13.5', files: [{ name: 'main.py', content: '1' }], entry: 'main.py' };
  assert.equal(reopen(submitted, python)?.program.version, null);
});

test('files that are no text are left out, and named', () => {
  const files = [{ name: 'main.py', content: '1' }, { name: 'data', content: '/w==', encoding: 'base64' as const }];
  const reopened = reopen({ language: 'python', files, entry: 'data' }, python);
  assert.deepEqual(reopened?.left_out, ['data']);
  assert.equal(reopened?.program.entry, 'main.py');
  assert.equal(reopen({ language: 'python', files: files.slice(1), entry: 'data' }, python), null);
});
