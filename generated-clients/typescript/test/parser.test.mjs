// The parser of event streams, with its input cut at every byte.
import assert from 'node:assert/strict';
import test from 'node:test';
import { EventParser } from '../dist/index.js';

const expected = [
  { id: undefined, event: 'message', data: 'first' },
  { id: '10000000', event: 'text_delta', data: '{"delta":"Grüße 🦊"}' },
  { id: '10000000', event: 'message', data: 'two\nlines' },
  { id: '20000000', event: 'done', data: '' },
];

function written(end) {
  const lines = [
    'retry: 2000', '', ': a comment', 'data: first', '', 'id: 10000000', 'event: text_delta', 'data:{"delta":"Grüße 🦊"}',
    'unknown: x', '', 'data: two', 'data: lines', '', 'event', 'id: bad\0id', 'id: 20000000', 'event: done', 'data', '',
  ];
  return new TextEncoder().encode(`\ufeff${lines.join(end)}${end}`);
}

function parsed(...parts) {
  const parser = new EventParser();
  return parts.flatMap((part) => [...parser.push(part)]);
}

for (const [name, end] of [['LF', '\n'], ['CRLF', '\r\n'], ['CR', '\r']]) {
  test(`events are the same wherever the bytes are cut (${name})`, () => {
    // A lone CR at the very end may be half of a CRLF, so that a comment follows it.
    const bytes = new Uint8Array([...written(end), ...new TextEncoder().encode(`:${end}`)]);
    assert.deepEqual(parsed(bytes), expected);
    for (let at = 0; at <= bytes.length; at += 1) {
      assert.deepEqual(parsed(bytes.subarray(0, at), bytes.subarray(at)), expected, `cut at ${at}`);
    }
    assert.deepEqual(parsed(...Array.from(bytes, (byte) => Uint8Array.of(byte))), expected, 'byte by byte');
  });
}

test('an event that was not finished is none', () => {
  const bytes = written('\n');
  for (let at = 0; at < bytes.length; at += 1) {
    const some = parsed(bytes.subarray(0, at));
    assert.deepEqual(some, expected.slice(0, some.length), `cut at ${at}`);
  }
});
