import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join_arguments, split_arguments } from '../src/lib/arguments';
import { as_submission, read_program, wrong_file_name, type Program } from '../src/run/program';
import { from_base64, pack_program, to_base64, unpack_program } from '../src/run/share';
import type { Language } from '../src/api/types';

const kProgram: Program = {
  language: 'python', version: null, files: [{ name: 'main.py', content: 'print("größe 🚀 </script>")\n' }], entry: 'main.py', args: '', stdin: '',
  artifacts: '', mode: 'input',
};
const kPython = { id: 'python', file_name: 'main.py' } as Language;

test('arguments are taken apart as a shell would', () => {
  assert.deepEqual(split_arguments(''), []);
  assert.deepEqual(split_arguments('  a  b\tc '), ['a', 'b', 'c']);
  assert.deepEqual(split_arguments('"two words" \'it "is"\' a\\ b ""'), ['two words', 'it "is"', 'a b', '']);
  assert.deepEqual(split_arguments('x"y z"w "open end'), ['xy zw', 'open end']);
  assert.deepEqual(split_arguments('$HOME;ls'), ['$HOME;ls']);
  for (const all of [['a', 'b c', '', '"', "'", '\\', 'é\n']]) assert.deepEqual(split_arguments(join_arguments(all)), all);
});

test('a single file of the usual name is code, anything else files with an entry', () => {
  assert.deepEqual(as_submission(kProgram, kPython), { language: 'python', code: kProgram.files[0]?.content });
  const two = { ...kProgram, files: [...kProgram.files, { name: 'lib.py', content: '' }], version: '3.11', stdin: 'in', args: 'a b', artifacts: ' a.png, a.png ,b' };
  assert.deepEqual(as_submission(two, kPython), {
    language: 'python', version: '3.11', files: two.files, entry: 'main.py', stdin: 'in', args: ['a', 'b'], artifacts: ['a.png', 'b'],
  });
  assert.deepEqual(as_submission({ ...kProgram, files: [{ name: 'x.py', content: '1' }], entry: 'x.py' }, kPython),
    { language: 'python', files: [{ name: 'x.py', content: '1' }], entry: 'x.py' });
});

test('a console is typed into: what stands in the input field is not sent, and there is time to think', () => {
  const submission = as_submission({ ...kProgram, stdin: 'kept', mode: 'console' }, kPython);
  assert.equal(submission.stdin, undefined);
  assert.deepEqual(submission.limits, { wall_ms: 300_000 });
  assert.equal(as_submission(kProgram, kPython).limits, undefined);
});

test('names of files follow the server\'s rule', () => {
  for (const name of ['main.py', 'a/b.txt', 'größe.c', 'a b.c']) assert.equal(wrong_file_name(name, []), null, name);
  for (const name of ['', '-x', '@x', '/x', 'a//b', 'a/../b', './a', 'a/', 'a\nb', 'x'.repeat(256), `${'a/'.repeat(16)}b`]) {
    assert.notEqual(wrong_file_name(name, []), null, name);
  }
  assert.match(wrong_file_name('a', ['a']) ?? '', /already/);
});

test('a shared program comes back as it was', async () => {
  const packed = await pack_program(kProgram);
  assert.match(packed, /^z[A-Za-z0-9_-]+$/);
  assert.deepEqual(await unpack_program(packed), kProgram);
  assert.deepEqual(await unpack_program(`j${to_base64(new TextEncoder().encode(JSON.stringify(kProgram)))}`), kProgram);
});

test('a link that was cut, changed or made by somebody else opens nothing', async () => {
  const packed = await pack_program(kProgram);
  for (const text of ['', 'z', 'x', packed.slice(0, -8), `y${packed.slice(1)}`, 'z!!!!', 'jbnVsbA', 'je30']) {
    assert.equal(await unpack_program(text), null, text);
  }
});

test('a link that unfolds to too much opens nothing', async () => {
  const bomb = await pack_program({ ...kProgram, files: [{ name: 'main.py', content: 'x'.repeat(20_000_000) }] });
  assert.ok(bomb.length < 50_000);
  assert.equal(await unpack_program(bomb), null);
});

test('what is read from outside is a program or nothing', () => {
  assert.deepEqual(read_program(JSON.parse(JSON.stringify(kProgram))), kProgram);
  const wrong: unknown[] = [null, 1, 'x', [], {}, { ...kProgram, files: [] }, { ...kProgram, language: 1 }, { ...kProgram, files: [null] },
    { ...kProgram, files: [{ name: '../x', content: '' }] }, { ...kProgram, files: [...kProgram.files, ...kProgram.files] }];
  for (const one of wrong) assert.equal(read_program(one), null, JSON.stringify(one));
  const odd = read_program({ language: 'c', files: [{ name: 'a.c', content: '' }], entry: 'b.c', args: 7, mode: 'other', version: {} });
  assert.deepEqual(odd, { language: 'c', version: null, files: [{ name: 'a.c', content: '' }], entry: 'a.c', args: '', stdin: '', artifacts: '', mode: 'input' });
});

test('base64 of both alphabets is read', () => {
  const bytes = Uint8Array.from([251, 255, 190, 0, 1]);
  assert.deepEqual(from_base64(to_base64(bytes)), bytes);
  assert.deepEqual(from_base64('+/++AAE='), bytes);
});
