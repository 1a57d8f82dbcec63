import assert from 'node:assert/strict';
import { test } from 'node:test';
import { picture_data_url, picture_type } from '../src/run/download';

test('an SVG is shown from a data: address, which belongs to no site; other pictures need none', () => {
  const content = '<svg xmlns="http://www.w3.org/2000/svg"><text>größe ???>>></text></svg>';
  const url = picture_data_url({ name: 'a.svg', encoding: 'utf8', content }, picture_type('a.svg') ?? '');
  assert.match(url ?? '', /^data:image\/svg\+xml;base64,/);
  assert.equal(Buffer.from(url?.split(',')[1] ?? '', 'base64').toString(), content);
  assert.match(url ?? '', /^data:[a-z/+]+;base64,[A-Za-z0-9+/]+=*$/);
  assert.equal(picture_data_url({ name: 'a.png', content: '' }, picture_type('a.png') ?? ''), null);
});
