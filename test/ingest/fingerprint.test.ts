import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defectTitle, fingerprint, normalizeMessage, projectFrames } from '../../src/ingest/fingerprint.ts';
import { readReport } from '../../src/ingest/read-report.ts';
import type { TestFailure } from '../../src/ingest/report.ts';

const hex = (failure: TestFailure): string => Buffer.from(fingerprint(failure)).toString('hex');

/** The least time that something takes of this thread in three tries, in milliseconds: neither others' work nor a collection counts. */
function leastTime(work: () => unknown): number {
  const tries = Array.from({ length: 3 }, () => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1e3;
  });
  return Math.min(...tries);
}

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

const STACKS: Record<string, [details: string, frames: string[]]> = {
  V8: [
    `TypeError: x
    at Cart.add (/home/ci/shop/src/cart.js:5:29)
    at async Object.<anonymous> (file:///home/ci/shop/test/cart.test.js:9:1)
    at new Promise (<anonymous>)
    at /home/ci/shop/node_modules/jest/run.js:1:1
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`,
    ['Cart.add (src/cart.js)', 'test/cart.test.js'],
  ],
  'V8 on Windows': [
    '    at Cart.add (C:\\Users\\ci\\my shop\\src\\cart.js:5:29)\r\n    at D:\\a\\shop\\packages\\web\\src\\x.ts:1:2',
    ['Cart.add (src/cart.js)', 'packages/web/src/x.ts'],
  ],
  Vitest: [' ❯ Cart.add javascript/cart.js:5:29\n ❯ vitest/cart.test.js:24:16', ['Cart.add (javascript/cart.js)', 'vitest/cart.test.js']],
  WebKit: ['pay@http://localhost:5173/src/pay.ts?t=17:3:9\n@http://localhost:5173/src/main.ts:1:1', ['pay (src/pay.ts)', 'src/main.ts']],
  Python: [
    `Traceback (most recent call last):
  File "/usr/lib/python3.11/unittest/case.py", line 57, in testPartExecutor
    yield
  File "/srv/shop/tests/test_cart.py", line 12, in test_add
    cart.add()
  File "/srv/shop/shop/cart.py", line 7, in add
    raise ValueError("x")
ValueError: x`,
    ['add (shop/shop/cart.py)', 'test_add (tests/test_cart.py)'],
  ],
  pytest: [
    `    def test_add():
>       Cart().add(-2)

tests/test_cart.py:19: 
_ _ _ _
    def add(self, n):
E           ValueError: x

shop/cart.py:7: ValueError`,
    ['add (shop/cart.py)', 'test_add (tests/test_cart.py)'],
  ],
  Java: [
    `java.lang.IllegalStateException: x
	at org.junit.jupiter.api.Assertions.fail(Assertions.java:1)
	at java.base/java.util.ArrayList.get(ArrayList.java:427)
	at com.shop.Cart.lambda$add$0(Cart.java:13)
	at app//com.shop.CartTest.adds(CartTest.kt:37)
	at jdk.internal.reflect.DirectMethodHandleAccessor.invoke(Native Method)
Caused by: java.lang.RuntimeException: y
	... 74 more`,
    ['com.shop.Cart.lambda$add$ (Cart.java)', 'com.shop.CartTest.adds (CartTest.kt)'],
  ],
  '.NET': [
    `   at Xunit.Assert.Equal[T](T expected, T actual)
   at Shop.Cart.<Add>d__5.MoveNext() in C:\\agent\\1\\s\\src\\Shop\\Cart.cs:line 12
   at Shop.Tests.CartTests.Adds(Int32 price, String currency) in /home/ci/s/test/CartTests.cs:line 9
   at System.RuntimeMethodHandle.InvokeMethod(Object target)`,
    ['Shop.Cart.<Add>d__.MoveNext (src/Shop/Cart.cs)', 'Shop.Tests.CartTests.Adds (test/CartTests.cs)'],
  ],
  PHP: [
    `#0 /var/www/shop/src/Cart.php(12): Shop\\Cart->check(-2)
#1 /var/www/shop/vendor/phpunit/TestCase.php(1): x()
#2 [internal function]: y()
/var/www/shop/tests/CartTest.php:36`,
    ['Shop\\Cart->check (src/Cart.php)', 'tests/CartTest.php'],
  ],
  Go: [
    `goroutine 7 [running]:
testing.tRunner.func1.2({0x508da0, 0x5fda90})
	/usr/local/go/src/testing/testing.go:1396 +0x24e
example.com/shop/cart.(*Cart).Add(0xc000007860, {0x1, 0x2})
	/home/ci/shop/cart/cart.go:12 +0x16
example.com/shop/cart.TestAdd.func1(0xc00?)
	/home/ci/shop/cart/cart_test.go:12 +0x16`,
    ['example.com/shop/cart.(*Cart).Add (shop/cart/cart.go)', 'example.com/shop/cart.TestAdd.func (shop/cart/cart_test.go)'],
  ],
  'go test': ['=== RUN   TestAdd/below_one\n    cart_test.go:43: no\n    cart_test.go:44: no\n', ['TestAdd/below_one (cart_test.go)']],
  Ruby: [
    `/home/ci/shop/lib/cart.rb:7:in \`add'
	from /usr/lib/ruby/gems/3.1/gems/rspec/x.rb:1:in \`run'
# ./spec/cart_spec.rb:21:in 'block in Cart'`,
    ['add (lib/cart.rb)', 'block in Cart (spec/cart_spec.rb)'],
  ],
};

describe('projectFrames', () => {
  it.each(Object.entries(STACKS))('%s', (_, [details, frames]) => {
    expect(projectFrames(details)).toEqual(frames);
  });

  it('keeps the innermost five, each once, whatever the depth of a recursion', () => {
    const stack = (depth: number): string =>
      '    at again (/a/src/a.js:1:1)\n    at more (/a/src/b.js:1:1)\n'.repeat(depth) +
      Array.from({ length: 9 }, (_, n) => `    at f${'x'.repeat(n)} (/a/src/c.js:${n}:1)\n`).join('');
    expect(projectFrames(stack(2))).toHaveLength(5);
    expect(projectFrames(stack(2))).toEqual(projectFrames(stack(900)));
    expect(projectFrames(stack(2), 1)).toEqual(['again (src/a.js)']);
  });

  it('finds nothing in no stack, and takes linear time for hostile ones', () => {
    expect(projectFrames('')).toEqual([]);
    expect(projectFrames('one\ntwo: 3\nat nowhere')).toEqual([]);
    for (const part of ['    at ', '(', ' (', 'a@', ':1', 'a/', '  File "', '#0 ', '.rb:1', 'async ', ' [as ', '❯ a ', '$1', '\\']) {
      for (const details of [part.repeat(200_000), `at ${part.repeat(300)}\n`.repeat(500)]) {
        expect(
          leastTime(() => projectFrames(details)),
          part,
        ).toBeLessThan(1_000);
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
    expect(fingerprint(failure('m'))).toBeInstanceOf(Uint8Array);
    expect(fingerprint(failure('m'))).toHaveLength(32);
    // A changed value needs a raised FINGERPRINT_VERSION: every defect that is known would be new.
    expect(hex({ type: 'E', message: 'got 3', details: '    at f (/x/src/a.js:1:1)' })).toBe(
      '1d3914ec17c99d5db63b7291fd84feeab1fc53f297ae33aee1bf7599f2b59494',
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

  const failures = async (name: string): Promise<Map<string, TestFailure>> => {
    const bytes = readFileSync(fileURLToPath(new URL(`../fixtures/reports/${name}.xml`, import.meta.url)));
    const found = new Map<string, TestFailure>();
    async function* once(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    for await (const result of readReport(once(), name, () => {})) {
      if (result.failure) found.set(`${result.suite} ${result.name} ${result.outcome}`, result.failure);
    }
    return found;
  };

  it.each(['vitest', 'jest'])('%s: another run, elsewhere, has the same defects', async (name) => {
    const [one, two] = await Promise.all([failures(name), failures(`${name}-again`)]);
    expect(one.size).toBeGreaterThan(6);
    expect([...one.keys()].sort()).toEqual([...two.keys()].sort());
    for (const [test, first] of one) expect(hex(first), test).toBe(hex(two.get(test) as TestFailure));
    expect(new Set([...one.values()].map(hex)).size).toBe(one.size);
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
