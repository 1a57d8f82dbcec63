import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComponentChildren, VNode } from 'preact';
import { markdown_elements, safe_address } from '../src/views/problems/markdown';

/// The text in quotes, pieces beside each other in one; the elements as <tag attribute="value">text</tag>, so that a test reads what a page would show.
function shown(children: ComponentChildren): string {
  if (children === null || children === undefined || typeof children === 'boolean') return '';
  if (Array.isArray(children)) return children.map(shown).join('');
  if (typeof children !== 'object') return `'${String(children)}'`;
  const { type, props } = children as VNode<Record<string, unknown>>;
  // LongText: the text itself.
  if (typeof type === 'function') return `'${String(props.text)}'`;
  const href = props.href === undefined ? '' : ` href=${String(props.href)}`;
  return `<${String(type)}${href}>${shown(props.children as ComponentChildren)}</${String(type)}>`;
}
const of = (text: string) => shown(markdown_elements(text)).replaceAll("''", '');

test('what descriptions use becomes elements', () => {
  assert.equal(of('# Sum\n\nAdd *two* **numbers** `a+b`.'),
    "<h3>'Sum'</h3><p>'Add '<em>'two'</em>' '<strong>'numbers'</strong>' '<code>'a+b'</code>'.'</p>");
  assert.equal(of('1. one\n2. two'), "<ol><li>'one'</li><li>'two'</li></ol>");
  assert.equal(of('```\n<b>\n```'), "<pre>'<b>'</pre>");
  assert.match(of('|a|b|\n|-|-|\n|1|2|'), /<th>'a'<\/th>.*<td>'2'<\/td>/);
  assert.equal(of('5 < 6 &amp; 7 \\* 8'), "<p>'5 < 6 & 7 * 8'</p>");
});

test('no text becomes a tag, and no link a script', () => {
  for (const text of ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', 'a <b onclick="x">c</b>', '<!-- -->', '<svg/onload=x>']) {
    assert.doesNotMatch(of(text).replace(/'[^']*'/g, ''), /script|img|onclick|svg|<b/, text);
    assert.ok(of(text).includes('<'), text);
  }
  for (const text of ['[x](javascript:alert(1))', '[x](JaVaScRiPt:alert(1))', '[x](&#106;avascript:alert(1))', '[x](data:text/html,1)', '[x](/a)', '<javascript:alert(1)>']) {
    assert.ok(!of(text).includes('href'), text);
  }
  assert.equal(of('![a picture](https://example.com/x.png)'), "<p><a href=https://example.com/x.png>'a picture'</a></p>");
});

test('addresses of the web and of mail may be links', () => {
  assert.equal(safe_address('https://example.com'), 'https://example.com/');
  assert.equal(safe_address('mailto:a@example.com'), 'mailto:a@example.com');
  for (const href of ['javascript:1', ' javascript:1', 'vbscript:1', 'file:///etc/passwd', 'blob:x', '//example.com', '']) assert.equal(safe_address(href), null, href);
});

test('entities are the characters they mean', () => {
  assert.equal(of('&lt;&#65;&#x42;&quot;&unknown;'), "<p>'<AB\"&unknown;'</p>");
});

test('what is nested too deeply is left out, and nothing is too long', () => {
  assert.ok(of('> '.repeat(30_000)).length < 2000);
  assert.ok(of(`${'*a **b '.repeat(40)}x${'** *'.repeat(40)}`).length > 0);
  assert.equal(of('x'.repeat(70_000)), `<p>'${'x'.repeat(70_000)}'</p>`);
});

test('hostile texts of the largest size are read in bounded work', () => {
  // Each of these is quadratic at worst in readers of Markdown; without an end this test does not end either.
  for (const part of ['[', '*', '`', '![', '<', '&', '|a', '\\', '_a', '~~a', '[a](', '\n- ', '<a ']) {
    of(part.repeat(Math.floor(65_536 / part.length)));
  }
});

test('what would hold up a browser is shown as it was written', () => {
  const cells = `${'|a'.repeat(100)}\n${'|-'.repeat(100)}\n${'a\n'.repeat(32_000)}`;
  const mixed = 'a\u05d0'.repeat(30_000);
  for (const text of [cells, mixed, `a${'\u0301'.repeat(60_000)}`, '# a\n'.repeat(16_000)]) {
    const made = of(text);
    assert.ok(made.startsWith('<div>'), made.slice(0, 50));
    assert.doesNotMatch(made, /<td>|<h3>|<p>/);
  }
  assert.match(of(`${'|a|b|\n'.repeat(1)}|-|-|\n${'|1|2|\n'.repeat(500)}`), /<td>/);
});
