import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stableName } from '../../src/ingest/stable-name.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

test.each([
  ['creates order 4f3c2b1a-0d9e-4f8a-b7c6-5e4d3c2b1a09 once', 'creates order <uuid> once'],
  ['prints Cart@6d06d69c and 0x7fbf8c15a0', 'prints Cart@<address> and <address>'],
  ['reads /tmp/pytest-of-ci/pytest-3/x.csv', 'reads <path>'],
  ['[path="/var/folders/zz/T/tmp.x1"]', '[path="<path>"]'],
  ['calls http://localhost:43121/a', 'calls http://localhost:<port>/a'],
  ['ran at 2026-11-21T11:59:01.123Z', 'ran at <time>'],
  ['ran at 2026-11-20 23:01:02,5', 'ran at <time>'],
  [`seed ${NOW - 5}`, 'seed <time>'],
])('%s is %s', (name, stable) => {
  expect(stableName(name, NOW)).toBe(stable);
});

test.each([
  'adds 1 and 2',
  'case 12345678',
  'parses 2020-02-29T00:00:00Z',
  'is due on 2026-11-21',
  'takes 1234567890123',
  'decodes deadbeef',
  'mail ada@acme.example',
  'follows /tmpfiles/a and src/tmp/b',
  'listens on port 8080',
  'handles 0xff',
])('%s stays', (name) => {
  expect(stableName(name, NOW)).toBe(name);
});

test('of a name that is stable, nothing changes; and it takes time in proportion', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => stableName(stableName(name, NOW), NOW) === stableName(name, NOW)));
  for (const part of ['0', 'a', '0x', '@a1', '/tmp/', 'localhost:1', '2026-11-21T', '0000-', '1', '12345678-']) {
    const before = process.threadCpuUsage();
    stableName(part.repeat(50_000), NOW);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1e3, part).toBeLessThan(500);
  }
});
