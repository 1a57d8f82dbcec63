import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse_diagnostics, type Diagnostic } from '../src/lib/diagnostics';

/// As short as they are read: `file:line:column severity message`.
function shown(output: string, sources: Record<string, string>): string[] {
  return parse_diagnostics(output, sources).map((one: Diagnostic) => `${one.file}:${one.line}:${one.column ?? '-'} ${one.severity} ${one.message}`);
}
const any = (...names: string[]) => Object.fromEntries(names.map((name) => [name, '']));

test('gcc and clang: errors, warnings and notes with line and column', () => {
  assert.deepEqual(shown([
    'main.c: In function \'main\':',
    'main.c:3:5: error: \'missing\' undeclared (first use in this function)',
    '    3 |     missing = 1;',
    '      |     ^~~~~~~',
    'main.c:3:5: note: each undeclared identifier is reported only once for each function it appears in',
    'main.c:5:9: warning: unused variable \'x\' [-Wunused-variable]',
    'lib/util.h:1:10: fatal error: nothing.h: No such file or directory',
    'compilation terminated.',
  ].join('\n'), any('main.c', 'lib/util.h')), [
    'main.c:3:5 error \'missing\' undeclared (first use in this function)',
    'main.c:3:5 info each undeclared identifier is reported only once for each function it appears in',
    'main.c:5:9 warning unused variable \'x\' [-Wunused-variable]',
    'lib/util.h:1:10 error nothing.h: No such file or directory',
  ]);
});

test('the file may be named by a longer path, and lines of other files are left out', () => {
  assert.deepEqual(shown('/box/run/main.cpp:2:1: error: no\n/usr/include/c++/14/bits/stl.h:9:1: error: deep\n', any('main.cpp')),
    ['main.cpp:2:1 error no']);
});

test('javac: the caret gives the column', () => {
  assert.deepEqual(shown([
    'Main.java:3: error: cannot find symbol',
    '        missing();',
    '        ^',
    '  symbol:   method missing()',
    '  location: class Main',
    'Main.java:9: warning: [deprecation] stop() in Thread has been deprecated',
    '1 error',
  ].join('\n'), any('Main.java')), [
    'Main.java:3:9 error cannot find symbol',
    'Main.java:9:- warning [deprecation] stop() in Thread has been deprecated',
  ]);
});

test('go: without the word error', () => {
  assert.deepEqual(shown('# command-line-arguments\n./main.go:4:2: undefined: missing\n', any('main.go')),
    ['main.go:4:2 error undefined: missing']);
});

test('rustc: the message stands above the place', () => {
  assert.deepEqual(shown([
    'error[E0425]: cannot find value `missing` in this scope',
    ' --> main.rs:2:20',
    '  |',
    '2 |     println!("{}", missing);',
    '  |                    ^^^^^^^ not found in this scope',
    'warning: unused variable: `x`',
    '  --> main.rs:5:9',
  ].join('\n'), any('main.rs')), [
    'main.rs:2:20 error cannot find value `missing` in this scope',
    'main.rs:5:9 warning unused variable: `x`',
  ]);
});

test('tsc and csc: place in brackets, code before the message', () => {
  assert.deepEqual(shown('main.ts(2,7): error TS2322: Type \'string\' is not assignable to type \'number\'.', any('main.ts')),
    ['main.ts:2:7 error Type \'string\' is not assignable to type \'number\'.']);
  assert.deepEqual(shown('/box/main.cs(3,9): error CS0103: The name \'missing\' does not exist [/box/app.csproj]', any('main.cs')),
    ['main.cs:3:9 error The name \'missing\' does not exist']);
});

test('python: the deepest frame in the program, and the error\'s own line', () => {
  assert.deepEqual(shown([
    'Traceback (most recent call last):',
    '  File "/box/main.py", line 7, in <module>',
    '    outer()',
    '    ~~~~~^^',
    '  File "/box/main.py", line 2, in outer',
    '    return 1 / 0',
    '           ~~^~~',
    'ZeroDivisionError: division by zero',
  ].join('\n'), { 'main.py': 'def outer():\n    return 1 / 0\n' }), ['main.py:2:12 error ZeroDivisionError: division by zero']);
});

test('python: a syntax error has its column in the line as it is written', () => {
  assert.deepEqual(shown('  File "main.py", line 2\n    print("a"\n         ^\nSyntaxError: \'(\' was never closed\n', { 'main.py': 'if True:\n    print("a"\n' }),
    ['main.py:2:10 error SyntaxError: \'(\' was never closed']);
});

test('python: an error inside a library is shown where the program called it', () => {
  const output = [
    'Traceback (most recent call last):',
    '  File "/box/main.py", line 1, in <module>',
    '    import json; json.loads("{")',
    '  File "/usr/lib/python3.13/json/decoder.py", line 361, in raw_decode',
    '    obj, end = self.scan_once(s, idx)',
    'json.decoder.JSONDecodeError: Expecting property name',
  ].join('\n');
  assert.deepEqual(shown(output, any('main.py')), ['main.py:1:- error json.decoder.JSONDecodeError: Expecting property name']);
});

test('node, php, perl, bash, ruby, lua', () => {
  assert.deepEqual(shown('/box/main.js:2\nlet = = 1\n    ^\n\nSyntaxError: Unexpected token \'=\'\n    at wrapSafe\n', any('main.js')),
    ['main.js:2:5 error SyntaxError: Unexpected token \'=\'']);
  assert.deepEqual(shown('PHP Parse error:  syntax error, unexpected end of file in /box/main.php on line 4', any('main.php')),
    ['main.php:4:- error syntax error, unexpected end of file']);
  assert.deepEqual(shown('Global symbol "$x" requires explicit package name at main.pl line 3.', any('main.pl')),
    ['main.pl:3:- error Global symbol "$x" requires explicit package name']);
  assert.deepEqual(shown('main.sh: line 2: missing: command not found', any('main.sh')), ['main.sh:2:- error missing: command not found']);
  assert.deepEqual(shown('main.rb:3: syntax error, unexpected end-of-input', any('main.rb')), ['main.rb:3:- error syntax error, unexpected end-of-input']);
  assert.deepEqual(shown('lua: main.lua:2: attempt to call a nil value (global \'missing\')', any('main.lua')),
    ['main.lua:2:- error attempt to call a nil value (global \'missing\')']);
});

test('elixir, octave, sqlite, and an interpreter whose name has a number', () => {
  assert.deepEqual(shown('    error: undefined function missing/0 (there is no such import)\n    │\n  2 │ missing()\n    │ ^\n    │\n    └─ main.exs:2:1\n', any('main.exs')),
    ['main.exs:2:1 error undefined function missing/0 (there is no such import)']);
  assert.deepEqual(shown('error: \'missing_fn\' undefined near line 2, column 1\nerror: called from\n    main at line 2 column 1\n', any('main.m')),
    ['main.m:2:1 error \'missing_fn\' undefined']);
  assert.deepEqual(shown('Parse error near line 2: near "SELEC": syntax error\n  SELEC 2;\n  ^--- error here\n', any('main.sql')),
    ['main.sql:2:- error near "SELEC": syntax error']);
  assert.deepEqual(shown('lua5.4: main.lua:2: unexpected symbol near \'=\'\n', any('main.lua')), ['main.lua:2:- error unexpected symbol near \'=\'']);
});

test('gfortran, ocaml, ghc, scala, pascal, d, nim, crystal, kotlin, swift', () => {
  assert.deepEqual(shown('main.f90:2:9:\n\n    2 |   total = 1\n      |         1\nError: Symbol \'total\' at (1) has no IMPLICIT type\n', any('main.f90')),
    ['main.f90:2:9 error Symbol \'total\' at (1) has no IMPLICIT type']);
  assert.deepEqual(shown('File "main.ml", line 1, characters 9-16:\n1 | let () = missing ()\n             ^^^^^^^\nError: Unbound value "missing"\n', any('main.ml')),
    ['main.ml:1:10 error Unbound value "missing"']);
  assert.deepEqual(shown('main.hs:2:8: error: [GHC-88464]\n    Variable not in scope: missing\n', any('main.hs')),
    ['main.hs:2:8 error Variable not in scope: missing']);
  assert.deepEqual(shown('-- [E006] Not Found Error: main.scala:2:2 -----\n2 |  missing()\n  |  ^^^^^^^\n  |  Not found: missing\n', any('main.scala')),
    ['main.scala:2:3 error Not found: missing']);
  assert.deepEqual(shown('main.pas(3,3) Error: Identifier not found "missing"', any('main.pas')), ['main.pas:3:3 error Identifier not found "missing"']);
  assert.deepEqual(shown('main.d(3): Error: undefined identifier `missing`', any('main.d')), ['main.d:3:- error undefined identifier `missing`']);
  assert.deepEqual(shown('/box/main.nim(1, 6) Error: undeclared identifier: \'missing\'', any('main.nim')), ['main.nim:1:6 error undeclared identifier: \'missing\'']);
  assert.deepEqual(shown('In main.cr:1:1\n\n 1 | missing\n     ^------\nError: undefined local variable or method \'missing\' for top-level\n', any('main.cr')),
    ['main.cr:1:1 error undefined local variable or method \'missing\' for top-level']);
  assert.deepEqual(shown('main.kt:2:5: error: unresolved reference: missing\n    missing()\n    ^\n', any('main.kt')), ['main.kt:2:5 error unresolved reference: missing']);
  assert.deepEqual(shown('main.swift:1:1: error: cannot find \'missing\' in scope\n', any('main.swift')), ['main.swift:1:1 error cannot find \'missing\' in scope']);
});

test('colours are taken off, and output that says nothing about the program marks nothing', () => {
  assert.deepEqual(shown('\u001b[1mmain.c:1:2: \u001b[31merror: \u001b[0mno\n', any('main.c')), ['main.c:1:2 error no']);
  assert.deepEqual(shown('Hello\n12:30:00: it is late\nhttp://main.c:80/ is not here\n', any('main.c')), []);
});

test('a flood stays within its bounds', () => {
  const flood = Array.from({ length: 20_000 }, (_, line) => `main.c:${line + 1}:1: error: ${'x'.repeat(200)}`).join('\n');
  assert.equal(parse_diagnostics(flood, any('main.c')).length, 100);
  const hostile = `${'a'.repeat(200_000)}:${'1'.repeat(200_000)}`;
  assert.deepEqual(parse_diagnostics(`${hostile}\n${'('.repeat(100_000)}\n${' '.repeat(100_000)}^`, any('main.c')), []);
});
