import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defectTitle, explainFingerprint, FailureIdentity, fingerprint } from '../../src/ingest/fingerprint.ts';
import { normalizeMessage } from '../../src/ingest/normalize.ts';
import { readReport } from '../../src/ingest/read-report.ts';
import type { TestFailure } from '../../src/ingest/report.ts';
import { leastTime } from '../support/least-time.ts';

const TEST = { framework: 'vitest', suite: 'test/pay.test.js', name: 'Payment > takes a card' };
const hex = (failure: TestFailure, test = TEST): string => Buffer.from(fingerprint(failure, test)).toString('hex');

const failure = (message: string, details = '', type = 'Error'): TestFailure => ({ type, message, details });

describe('normalizeMessage', () => {
  it.each([
    ['order 4f3c2b1a-0d9e-4f8a-b7c6-5e4d3c2b1a09 is gone', 'order <uuid> is gone'],
    ['at 0x7fbf8c15 in Cart@6d06d69c of 9fceb02d0ae598e95dc970b74767f19372d61af8', 'at <hex> in Cart@<hex> of <hex>'],
    ['commit 9fceb02, not 1234567', 'commit <hex>, not <number>'],
    ['00:1b:44:11:3a:b7 left', '<hex> left'],
    ['refused by 10.0.0.7:8443 and [::1]:5432, fe80::1%eth0', 'refused by <ip> and <ip>, <ip>'],
    ['since 2026-11-21T08:14:43.724Z', 'since <time>'],
    ['since 2026-11-21 08:14:43,724 +0100 until 11/21/2026, 8:14 PM', 'since <time> until <time>'],
    ['Sat Nov 21 2026 08:14:43 GMT+0100 (Central European Time)', '<time>'],
    ['Sat, 21 Nov 2026 08:14:43 GMT, then 08:14', '<time>, then <time>'],
    ['Timeout of 2000ms exceeded after 1m30s, or 1.5 seconds', 'Timeout of <duration> exceeded after <duration>, or <duration>'],
    ['got -2, want 1,234.5e-7 of item42', 'got <number>, want <number> of item<number>'],
    [`expected 'a' and "b c" and \`d' and «e» and “f”`, 'expected <value> and <value> and <value> and <value> and <value>'],
    [`can't read b'secret', it's gone`, `can't read <value>, it's gone`],
    ['say &quot;hello&quot;', 'say <value>'],
    ['5" screen "hidden" here', '<number><value>'],
    ['5" by 6" screen "hidden" here', '<number><value> here'],
    ['at ::ffff:10.0.0.7 or 1:2:3:4:5:6:7:8', 'at <ip> or <ip>'],
    ['mail ana.müller+x@example.com, please', 'mail <email>, please'],
    ['GET https://ana:pw@example.com/a?b=c failed', 'GET <url> failed'],
    ['jdbc:postgresql://u:p@db/x and u:p@host:5432/db', 'jdbc:<url> and u:<email>'],
    ['open /home/ci/app/src/cart.js:12:3 or C:\\Users\\ci\\cart.js or ./a/b.ts or src/x.py', 'open <path> or <path> or <path> or <path>'],
    ['and/or text/html 1/2', 'and/or text/html <number>/<number>'],
    ['password=hunter2 token: abc Authorization: Bearer abc.def', 'password=<secret> token: <secret> Authorization: <secret>'],
    ['key AKIAIOSFODNN7EXAMPLE and dxk_9aBcD3fGhIjKlMnOpQ', 'key <token> and <token>'],
    ['test_pays_2_items_twice ran', 'test_pays_<number>_items_twice ran'],
    ['\u001b[31mred\u001b[0m  and\n\tfolded #x1B[1mbold', 'red and folded bold'],
    ['(/var/lib/jenkins/workspace/shop@2/test/cart.test.js) for a@b.example', '(<path>) for <email>'],
    ['at 2026 Nov 21 17:43:28', 'at <time>'],
    [
      'C++ exception with description "quantity is 3" thrown in the test body.',
      'C++ exception: quantity is <number>, thrown in the test body.',
    ],
    ["assert {'name': 'Bo'...b9e0f4acc150'} == {'name': 'Bo', 'zip': '1'}", 'assert {<value>} == {<value>: <value>, <value>: <value>}'],
    ['sum ==> expected: <360> but was: <a <b> c>', 'sum ==> expected: <value>'],
  ])('%s', (message, normalized) => {
    expect(normalizeMessage(message)).toBe(normalized);
  });

  it('leaves words as they are', () => {
    const message = 'Cannot read properties of undefined // Object.is equality; std::vector, <b>bold</b> & soon';
    expect(normalizeMessage(message)).toBe(message);
  });

  it('is one line of at most 500 characters, and its own normal form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (message) => {
        const normalized = normalizeMessage(message);
        expect(normalized.length).toBeLessThanOrEqual(500);
        expect(normalized).not.toMatch(/[\n\r\t]|[0-9]/);
      }),
    );
  });

  it('does not depend on where a long message was cut', () => {
    const body = (id: () => string): string => `unexpected body ${JSON.stringify(Array.from({ length: 99 }, () => ({ id: id() })))}`;
    let n = 0;
    expect(normalizeMessage(body(() => String(7 ** (n++ % 11))))).toBe(normalizeMessage(body(() => `x${n++}`)));
  });

  it('takes linear time for hostile input', () => {
    const hostile = [
      'a',
      '1',
      '.',
      ':',
      '/',
      '\\',
      '"',
      "'",
      '`',
      '<',
      '@',
      '-',
      '_',
      '=',
      ' ',
      '1.',
      '1:',
      'a@',
      'a/',
      "'a",
      '1 s',
      'f:',
      '0-',
      '\u001b[',
      'expected: <',
      '> but was: <',
      'token=',
      'a://',
      '1:11 ',
      '‘a’',
      '„',
      '[',
    ];
    for (const one of hostile) {
      for (const two of hostile) {
        const message = (one + two).repeat(1_000);
        expect(
          leastTime(() => normalizeMessage(message)),
          JSON.stringify([one, two]),
        ).toBeLessThan(100);
      }
    }
  }, 60_000);
});

const word = fc.stringMatching(/^[g-z]{3,12}$/);
const prefix = fc.constantFrom(
  '/home/runner/work/shop',
  '/tmp/b-17/shop',
  'C:\\agent\\_work\\9\\shop',
  'file:///builds/x/shop',
  '/usr/src/app',
);
const line = fc.integer({ min: 1, max: 99_999 });
const place = fc.record({ prefix, line, column: line });
const varying = fc.record({
  uuid: fc.uuid(),
  ms: fc.nat(),
  date: fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true }),
  ip: fc.ipV4(),
  ip6: fc.ipV6(),
  // A bracket or an apostrophe at its end may as well be the sentence's.
  url: fc.webUrl({ withQueryParameters: true, withFragments: true }).filter((url) => !/['()]/.test(url)),
  email: fc.stringMatching(/^[a-z][a-z0-9._+-]{0,20}@[a-z]{1,9}\.[a-z]{2,5}$/),
  count: fc.integer(),
  value: fc.stringMatching(/^[^"]{0,40}$/),
});
type Varying = typeof varying extends fc.Arbitrary<infer T> ? T : never;
type Place = typeof place extends fc.Arbitrary<infer T> ? T : never;

function failed(v: Varying, at: Place): TestFailure {
  const separator = at.prefix.includes('\\') ? '\\' : '/';
  const path = (file: string): string => `${[at.prefix, ...file.split('/')].join(separator)}:${at.line}:${at.column}`;
  return {
    type: 'PaymentError',
    message: `order ${v.uuid} of "${v.value}" took ${v.ms}ms at ${v.date.toISOString()} from ${v.ip} via ${v.ip6} to ${v.url} for ${v.email} (attempt ${v.count})`,
    details: `PaymentError: ${v.uuid}\n    at pay (${path('src/pay.js')})\n    at ${path('test/pay.test.js')}\n    at run (${path('node_modules/x/y.js')})`,
  };
}

describe('fingerprint', () => {
  it('is 32 bytes, and known', () => {
    expect(fingerprint(failure('m'), TEST)).toBeInstanceOf(Uint8Array);
    expect(fingerprint(failure('m'), TEST)).toHaveLength(32);
    // A changed value needs a raised FINGERPRINT_VERSION: every defect that is known would be new.
    expect(hex({ type: 'E', message: 'got 3', details: '    at f (/x/src/a.js:1:1)' })).toBe(
      '7cd1d881b40b327c0d8668cd2d06284efba62621d95c7371d5cf3988be07caef',
    );
  });

  it('is the same on another machine, line or run', () => {
    fc.assert(
      fc.property(varying, varying, place, place, (one, two, here, there) => {
        expect(hex(failed(one, here))).toBe(hex(failed(two, there)));
      }),
      { numRuns: 500 },
    );
  });

  it('differs with type, message and place', () => {
    fc.assert(
      fc.property(word, word, word, word, word, word, (t1, m1, f1, t2, m2, f2) => {
        const one = failure(m1, `    at ${f1} (/a/src/${f1}.js:1:1)`, t1);
        const two = failure(m2, `    at ${f2} (/a/src/${f2}.js:1:1)`, t2);
        expect(hex(one) === hex(two)).toBe(t1 === t2 && m1 === m2 && f1 === f2);
      }),
    );
    expect(hex(failure('b', '', 'a'))).not.toBe(hex(failure('a', '', 'b')));
    expect(hex(failure('', '', 'a b'))).not.toBe(hex(failure('b', '', 'a')));
  });

  const named = (name: string) => ({ ...TEST, name });
  const assertion = failure('expected 1 to be 2', ' ❯ test/cart.test.ts:9:1', 'AssertionError');

  it('is of the test where nothing else says which of a file it is', () => {
    expect(hex(assertion, named('adds'))).not.toBe(hex(assertion, named('takes off')));
    // Its rows are one, and so is a suite of Jest, whose name is that of the file's first test.
    expect(hex(assertion, named('adds 3 of 17'))).toBe(hex(assertion, named('adds 40 of 5')));
    expect(hex(assertion, { ...TEST, suite: 'Cart' })).not.toBe(hex(assertion, TEST));
    expect(hex(assertion, { ...TEST, framework: 'jest', suite: 'Cart' })).toBe(hex(assertion, { ...TEST, framework: 'jest' }));
    expect(hex(assertion, { ...TEST, suite: '/home/ci/shop/cart.test.ts' })).toBe(
      hex(assertion, { ...TEST, suite: 'C:\\a\\cart.test.ts' }),
    );
    expect(explainFingerprint(assertion, TEST)).toMatch(/\ntest test\/pay\.test\.js > Payment > takes a card$/);
  });

  it.each([
    failure('quantity must be positive', ' ❯ Cart.add src/cart.ts:9:1\n ❯ test/cart.test.ts:9:1', 'RangeError'),
    failure('no button', '    at CheckoutPage.pay (/a/e2e/pages.ts:1:1)\n    at /a/e2e/checkout.spec.ts:1:1', 'TimeoutError'),
    failure('failed running beforeEach hook', '    at SuiteContext.<anonymous> (/a/test/cart.test.js:1:1)', 'hookFailed'),
    failure('connect ECONNREFUSED 127.0.0.1:5432'),
    failure('page.goto: net::ERR_CONNECTION_REFUSED at http://127.0.0.1:5173/', '    at /a/e2e/front.spec.ts:1:1'),
    failure('fetch failed', '    at Context.<anonymous> (/a/test/front.test.js:1:1)', 'TypeError'),
    failure("Cannot find module 'x'"),
    failure('connect ETIMEDOUT 10.0.0.7:5432'),
  ])('is one of all tests that fail by %j', (one) => {
    expect(hex(one, named('adds'))).toBe(hex(one, named('takes off')));
  });

  it.each([
    failure('Test timeout of 2000ms exceeded.'),
    failure('Timeout of 2000ms exceeded. For async tests and hooks, ensure "done()" is called (/a/test/x.test.js)'),
    failure('test timed out after 50ms', '', 'testTimeoutFailure'),
    failure('expected 3 to be 4'),
    failure('cart.total() == 3', '', 'AssertionFailedError'),
    failure('', '', ''),
    failure('Failed', 'Failed', ''),
  ])('is of the test without a stack: %j', (one) => {
    expect(hex(one, named('adds'))).not.toBe(hex(one, named('takes off')));
  });

  it('is by each of several rules what it is by that one alone', () => {
    const deep = Array.from({ length: 12 }, (_, n) => `    at step${n} (/a/src/pay.js:${n}:1)`).join('\n');
    for (const one of [failure('order 7 is gone', deep), assertion]) {
      const all = [{}, { ignore: ['order*'] }, { frames: 10 }, { message: false }, { frames: 0 }, { frames: 1, ignore: ['is'] }, {}];
      const identity = new FailureIdentity(one, TEST);
      expect(all.map((rules) => identity.fingerprint(rules))).toEqual(all.map((rules) => fingerprint(one, TEST, rules)));
      expect(all.map((rules) => identity.explanation(rules))).toEqual(all.map((rules) => explainFingerprint(one, TEST, rules)));
      expect(
        identity
          .explanation({ frames: 10 })
          .split('\n')
          .filter((line) => line.startsWith('frame')),
      ).toHaveLength(one === assertion ? 1 : 10);
    }
  });

  it('leaves out the test with the frames, if a project does', () => {
    const without = (name: string) => Buffer.from(fingerprint(assertion, named(name), { frames: 0 })).toString('hex');
    expect(without('adds')).toBe(without('takes off'));
  });

  it('is one for an error of the product, whatever test file has come upon it', () => {
    const from = (file: string) => failure('m', `    at pay (/a/src/pay.js:1:1)\n    at /a/test/${file}.test.js:1:1`);
    expect(hex(from('cart'))).toBe(hex(from('checkout')));
  });

  const failures = async (name: string): Promise<Map<string, string>> => {
    const bytes = readFileSync(fileURLToPath(new URL(`../fixtures/reports/${name}.xml`, import.meta.url)));
    const found = new Map<string, string>();
    async function* once(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    for await (const result of readReport(once(), name, () => {})) {
      if (result.failure) found.set(`${result.suite} ${result.name} ${result.outcome}`, hex(result.failure, result));
    }
    return found;
  };

  it.each(['vitest', 'jest'])('%s: another run, elsewhere, has the same defects', async (name) => {
    const [one, two] = await Promise.all([failures(name), failures(`${name}-again`)]);
    expect(one.size).toBeGreaterThan(6);
    expect([...one.keys()].sort()).toEqual([...two.keys()].sort());
    for (const [test, first] of one) expect(first, test).toBe(two.get(test));
    expect(new Set(one.values()).size).toBe(one.size);
  });
});

describe('defectTitle', () => {
  it.each([
    [failure('card of "Bo" declined for 17', '', 'shop.checkout.PaymentError'), 'PaymentError: card of <value> declined for <number>'],
    [failure('Error: twice'), 'Error: twice'],
    [failure('assert 1 == 2\n  secret', '', 'AssertionError'), 'AssertionError: assert <number> == <number>'],
    [failure('', '', 'PHPUnit\\Framework\\Warning'), 'Warning'],
    [failure('', 'details say nothing here', ''), 'Test failed'],
    [failure('Expected values to be equal:\n\n390 !== 360'), 'Error: Expected values to be equal'],
  ])('%j', (given, title) => {
    expect(defectTitle(given)).toBe(title);
  });

  it('is one line of at most 200 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 3_000 }), (type, message) => {
        const title = defectTitle(failure(message, '', type));
        expect(title.length).toBeGreaterThan(0);
        expect(title.length).toBeLessThanOrEqual(200);
        expect(title).not.toMatch(/[\n\r\u2028]/);
      }),
    );
    expect(defectTitle(failure('x '.repeat(500)))).toMatch(/^.{190,199}…$/);
  });

  const text = fc.string({ unit: fc.constantFrom(...`ab 12.:,;-=()[]{}<>/\\'"\`@\n`.split('')), maxLength: 60 });
  const secret = fc.stringMatching(/^[b-z]{6}[A-Z0-9 .:;@/-]{0,20}[g-z]{3}$/);

  it('never contains what stands in quotes', () => {
    fc.assert(
      fc.property(text, secret, text, fc.constantFrom('""', '“”', '«»'), (before, value, after, [open = '', close = '']) => {
        for (const [type, message] of [
          ['E', `${before} ${open}${value}${close} ${after}`],
          [`${before}${open}${value}${close}`, after],
        ] as const) {
          expect(defectTitle(failure(message, value, type))).not.toContain(value);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["'", "'"],
    ['`', '`'],
    ['`', "'"],
  ])('never contains what stands in %s…%s', (open, close) => {
    fc.assert(
      fc.property(text, secret, (before, value) => {
        const prose = before.replace(/['"`]/g, '');
        expect(defectTitle(failure(`${prose} ${open}${value}${close} ${prose}`))).not.toContain(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never contains an e-mail address, an IP address or the credentials of a URL', () => {
    const sensitive = fc.oneof(
      fc.emailAddress(),
      fc.ipV4(),
      fc.tuple(word, word).map(([user, password]) => `${user}:${password}@db.example.com`),
      fc.tuple(word, fc.stringMatching(/^[!-~]{8,20}$/)).map(([user, password]) => `postgres://${user}:${password}@db/x`),
      fc.base64String({ minLength: 24 }).filter((key) => /\d/.test(key) && /[A-Za-z]/.test(key) && key.length < 100),
    );
    fc.assert(
      fc.property(text, sensitive, text, (before, it, after) => {
        expect(defectTitle(failure(`${before} ${it} ${after}`))).not.toContain(it);
        expect(defectTitle(failure(after, it, `${before} ${it}`))).not.toContain(it);
      }),
      { numRuns: 2_000 },
    );
  });
});
