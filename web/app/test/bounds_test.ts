import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grammar_of } from '../src/lib/editor_language';
import { is_heavy } from '../src/lib/heavy_text';
import { kBlock, part_blocks, text_blocks } from '../src/lib/text_blocks';
import { ThinMarks } from '../src/lib/thin_marks';
import { visible_name } from '../src/lib/visible';
import { parse_diagnostics } from '../src/lib/diagnostics';
import { plain_name, picture_type } from '../src/run/download';
import { is_light_svg } from '../src/run/light_svg';
import { read_program } from '../src/run/program';
import { SseParser } from '../src/run/sse_parser';
import { renewed } from '../src/views/problems/draft';

// What a browser was measured with: each of these took it half a minute and more as one piece.
const kMix = 'a\u05d0'.repeat(100_000);
const kMarks = `a${'\u0301'.repeat(200_000)}`;

test('a long text is drawn in pieces that make it, cut at line ends where there are some', () => {
  for (const text of [kMix, kMarks, '\n'.repeat(9000), 'line\n'.repeat(5000), '🚀'.repeat(5000), `x${'🚀'.repeat(5000)}`, '', 'short']) {
    const blocks = text_blocks(text);
    assert.equal(blocks.join(''), text);
    for (const one of blocks) {
      assert.ok(one.length <= kBlock);
      assert.doesNotMatch(one, /[\ud800-\udbff]$/);
    }
  }
  assert.ok(text_blocks('line\n'.repeat(5000)).every((one) => one.endsWith('\n')));
  const parts = [{ stream: 'a', text: kMix }, { stream: 'b', text: 'x' }, { stream: 'a', text: 'y\n' }];
  const blocks = part_blocks(parts);
  assert.equal(blocks.flat().map((one) => one.text).join(''), kMix + 'xy\n');
  assert.deepEqual(blocks.at(-1)?.slice(-2), [{ stream: 'b', text: 'x' }, { stream: 'a', text: 'y\n' }]);
  for (const block of blocks) assert.ok(block.reduce((sum, one) => sum + one.text.length, 0) <= kBlock);
});

test('what would hold up a field is known, what people write is not taken for it', () => {
  for (const text of [kMix, kMarks, '\n'.repeat(30_000), 'x'.repeat(1_000_001), 'Aא'.repeat(20_000)]) assert.ok(is_heavy(text));
  for (const text of ['', 'int main() {}\n'.repeat(10_000), '漢字、かな。\n'.repeat(5000), 'שלום עולם\n'.repeat(5000), 'नमस्ते दुनिया\n'.repeat(1000), 'e\u0301'.repeat(9000)]) {
    assert.ok(!is_heavy(text), text.slice(0, 10));
  }
});

test('over one letter of a console stand sixteen marks at most, in however many pieces they come', () => {
  const thin = new ThinMarks();
  const shown = [kMarks, '\u0301', '\u0301\u200d\u0301', 'b\u0301', 'plain'].map((one) => thin.feed(one)).join('');
  assert.equal(shown, `a${'\u0301'.repeat(16)}b\u0301plain`);
  assert.equal(new ThinMarks().feed('e\u0301👩\u200d💻'), 'e\u0301👩\u200d💻');
});

test('a name shows what cannot be seen, and writing that needs joiners keeps them', () => {
  assert.equal(visible_name('a\u200bb\u202egnp.exe\n'), 'a⟨U+200B⟩b⟨U+202E⟩gnp.exe\n');
  assert.equal(visible_name('admin\u200d'), 'admin⟨U+200D⟩');
  for (const name of ['👩\u200d💻.py', '\u06cc\u200c\u06a9', 'größe']) assert.equal(visible_name(name), name);
});

test('a download has a name that says what it is', () => {
  assert.equal(plain_name('../../etc/passwd'), 'passwd');
  assert.equal(plain_name('a\\b\\c.txt'), 'c.txt');
  assert.equal(plain_name('photo\u202egnp.exe'), 'photo_gnp.exe');
  assert.equal(plain_name('a\nb"<c>\u200b.txt'), 'a_b__c__.txt');
  assert.equal(plain_name('..'), '_');
  assert.equal(plain_name('x/'), 'file');
});

test('languages and endings may be called what every object has', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.equal(grammar_of(name, 'main'), 'plaintext');
    assert.equal(grammar_of('python', `x.${name}`), 'python');
    assert.equal(picture_type(`x.${name}`), null);
  }
});

test('what a shared link says of itself is bounded', () => {
  const program = { language: 'python', files: [{ name: 'main.py', content: 'x' }] };
  assert.ok(read_program(program));
  assert.equal(read_program({ ...program, language: 'x'.repeat(101) }), null);
  assert.equal(read_program({ ...program, version: 'x'.repeat(101) })?.version, null);
  assert.equal(read_program({ ...program, args: kMix.slice(0, 60_000) }), null);
  assert.equal(read_program({ ...program, artifacts: 'x'.repeat(70_000) }), null);
  assert.equal(read_program({ ...program, stdin: 'x'.repeat(2_000_001) }), null);
  assert.equal(read_program({ ...program, args: 5, stdin: [], artifacts: null, mode: {} })?.args, '');
  assert.equal(Object.getPrototypeOf(read_program(JSON.parse(`{"__proto__":{"mode":"console"},"language":"python","files":[{"name":"__proto__","content":"x"}]}`))), Object.prototype);
});

// The work of these two grew with the square of their length: what was a few megabytes took minutes.
test('a result of many megabytes that comes in small pieces is read once', { timeout: 60_000 }, () => {
  const parser = new SseParser();
  const piece = 'x'.repeat(4096);
  assert.deepEqual(parser.feed('event: end\ndata: '), []);
  for (let round = 0; round < 15_000; ++round) parser.feed(piece);
  const [end] = parser.feed('\r\n\r\n');
  assert.equal(end?.data.length, 15_000 * 4096);
});

test('lines that look like a compiler\'s in part are read in time that grows with them', { timeout: 60_000 }, () => {
  const blank = ' '.repeat(100_000);
  // Many times, so that the square of one line would show.
  for (const line of [`-->${blank}x`, `error: ${blank}x`, `a(1, ${'1'.repeat(100_000)}`, `a(${'1'.repeat(100_000)}`, `-- ${'Error: '.repeat(300)}`]) {
    for (let round = 0; round < 12; ++round) assert.deepEqual(parse_diagnostics(`${line.slice(0, 1999)}\n`.repeat(5000), { 'main.py': '' }), []);
  }
});

test('a draft that an older page or a stranger left is no trap', () => {
  assert.equal(renewed(null), null);
  assert.equal(renewed('x'), null);
  const draft = renewed({ title: {}, templates: null, tests: [null, 5, { name: 7, stdin: 'in', hidden: 'yes', args: [] }], checker: 'constructor', description: 'kept' });
  assert.equal(draft?.title, '');
  assert.equal(draft?.description, 'kept');
  assert.deepEqual(draft?.templates, []);
  assert.equal(draft?.checker, 'trim');
  assert.equal(draft?.tests.length, 1);
  assert.deepEqual(draft?.tests.map(({ name, stdin, hidden, args }) => [name, stdin, hidden, args]), [['', 'in', false, '']]);
});

test('a picture whose elements use each other is not drawn, what programs plot is', () => {
  const nest = (depth: number, use: (name: string) => string) => '<svg xmlns="http://www.w3.org/2000/svg"><defs><rect id="a0"/>'
    + Array.from({ length: depth }, (_, at) => `<g id="a${at + 1}">${use(`a${at}`).repeat(10)}</g>`).join('') + `</defs>${use(`a${depth}`)}</svg>`;
  const ways = [
    (name: string) => `<use href="#${name}"/>`, (name: string) => `<x:use\nxlink:href = '#${name}'></x:use>`, (name: string) => `<use href="&#x23;${name}"/>`,
    (name: string) => `<rect fill="url(#${name})"/>`, (name: string) => `<rect style="mask:url('#${name}')"/>`,
  ];
  for (const use of ways) {
    assert.ok(is_light_svg(nest(2, use)));
    assert.ok(!is_light_svg(nest(6, use)), use('x'));
    assert.ok(!is_light_svg(nest(30, use)));
  }
  assert.ok(!is_light_svg('<!DOCTYPE svg [<!ENTITY a "<g/>">]><svg>&a;</svg>'));
  assert.ok(!is_light_svg(`<svg><filter>${'<feTurbulence/><feMorphology/>'.repeat(20)}</filter></svg>`));
  const plot = `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
    <svg><defs><path id="m1" d="M 0 0"/><style>*{stroke:#ff0000}</style></defs><g id="figure_1"><!-- a --><g id="axes">${'<use xlink:href="#m1" x="1"/>'.repeat(5000)}</g></g></svg>`;
  assert.ok(is_light_svg(plot));
  for (const text of ['<a '.repeat(1_000_000), '<!--'.repeat(900_000), `<a ${'x'.repeat(3_000_000)}`, '<a "'.repeat(900_000), '<!DOCTYPE'.repeat(400_000), '<!DOCTYPE a>'.repeat(300_000) + '<', '<g>'.repeat(1_000_000),
    `<svg>${Array.from({ length: 30_000 }, (_, at) => `<g id="a${at}"><use href="#a${at + 1}"/></g>`).join('')}</svg>`]) assert.ok(!is_light_svg(text));
  assert.ok(is_light_svg('<svg>&#ab;<text x="&#ab;&#9999;">a</text></svg>'));
  // Itself is drawn never, so it is not followed for ever.
  assert.ok(is_light_svg('<svg><g id="a"><use href="#a"/></g></svg>'));
});
