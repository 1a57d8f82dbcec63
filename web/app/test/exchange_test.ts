import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exchange } from '../src/editor/exchange';

test('what the editor told is not set back, also when it comes late', () => {
  const exchange = new Exchange('');
  exchange.tell('a');
  exchange.tell('ab');
  assert.equal(exchange.is_new('a'), false);
  assert.equal(exchange.is_new('ab'), false);
  exchange.tell('abc');
  exchange.tell('abcd');
  assert.equal(exchange.is_new('abcd'), false);
});

test('what somebody else wrote is, also when it was there before', () => {
  const exchange = new Exchange('a');
  assert.equal(exchange.is_new('a'), false);
  exchange.tell('ab');
  assert.equal(exchange.is_new('ab'), false);
  assert.equal(exchange.is_new('a'), true);
  assert.equal(exchange.is_new('a'), false);
  assert.equal(exchange.is_new('other'), true);
});
