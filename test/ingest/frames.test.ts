import { describe, expect, it } from 'vitest';
import { projectStack } from '../../src/ingest/frames.ts';
import { leastTime } from '../support/least-time.ts';

const framesOf = (details: string, limit?: number) => projectStack(details, limit).frames;

const STACKS: Record<string, [details: string, frames: string[]]> = {
  V8: [
    `TypeError: x
    at Cart.add (/home/ci/shop/src/cart.js:5:29)
    at async Object.<anonymous> (file:///home/ci/shop/test/cart.test.js:9:1)
    at new Promise (<anonymous>)
    at /home/ci/shop/node_modules/jest/run.js:1:1
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`,
    ['Cart.add (src/cart.js)'],
  ],
  'V8 on Windows': [
    '    at Cart.add (C:\\Users\\ci\\my shop\\src\\cart.js:5:29)\r\n    at D:\\a\\shop\\packages\\web\\src\\x.ts:1:2',
    ['Cart.add (src/cart.js)', 'packages/web/src/x.ts'],
  ],
  Vitest: [' ❯ Cart.add javascript/cart.js:5:29\n ❯ vitest/cart.test.js:24:16', ['Cart.add (javascript/cart.js)']],
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
    ['add (shop/cart.py)'],
  ],
  pytest: [
    `    def test_add():
>       Cart().add(-2)

tests/test_cart.py:19: 
_ _ _ _
    def add(self, n):
E           ValueError: x

shop/cart.py:7: ValueError`,
    ['add (shop/cart.py)'],
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
    ['com.shop.Cart.lambda$add$ (Cart.java)'],
  ],
  '.NET': [
    `   at Xunit.Assert.Equal[T](T expected, T actual)
   at Shop.Cart.<Add>d__5.MoveNext() in C:\\agent\\1\\s\\src\\Shop\\Cart.cs:line 12
   at Shop.Tests.CartTests.Adds(Int32 price, String currency) in /home/ci/s/test/CartTests.cs:line 9
   at System.RuntimeMethodHandle.InvokeMethod(Object target)`,
    ['Shop.Cart.<Add>d__.MoveNext (src/Shop/Cart.cs)'],
  ],
  PHP: [
    `#0 /var/www/shop/src/Cart.php(12): Shop\\Cart->check(-2)
#1 /var/www/shop/vendor/phpunit/TestCase.php(1): x()
#2 [internal function]: y()
/var/www/shop/tests/CartTest.php:36`,
    ['Shop\\Cart->check (src/Cart.php)'],
  ],
  Go: [
    `goroutine 7 [running]:
testing.tRunner.func1.2({0x508da0, 0x5fda90})
	/usr/local/go/src/testing/testing.go:1396 +0x24e
example.com/shop/cart.(*Cart).Add(0xc000007860, {0x1, 0x2})
	/home/ci/shop/cart/cart.go:12 +0x16
example.com/shop/cart.TestAdd.func1(0xc00?)
	/home/ci/shop/cart/cart_test.go:12 +0x16`,
    ['example.com/shop/cart.(*Cart).Add (cart.go)'],
  ],
  'go test': ['=== RUN   TestAdd/below_one\n    cart_test.go:43: no\n    cart_test.go:44: no\n', ['TestAdd/below_one (cart_test.go)']],
  Ruby: [
    `/home/ci/shop/lib/cart.rb:7:in \`add'
	from /usr/lib/ruby/gems/3.1/gems/rspec/x.rb:1:in \`run'
# ./spec/cart_spec.rb:21:in 'block in Cart'`,
    ['add (lib/cart.rb)'],
  ],
};

/** Stacks of test code alone, and whether they say which test it is. */
const OF_TESTS: Record<string, [details: string, frames: string[], isNameless: boolean]> = {
  'a callback': ['    at Context.<anonymous> (file:///home/ci/shop/test/cart.test.js:9:1)', ['test/cart.test.js'], true],
  'a callback that Jest names by what it calls': [
    '    at Object.toBe (/home/ci/shop/test/cart.test.js:9:1)',
    ['Object.toBe (test/cart.test.js)'],
    true,
  ],
  'a timeout where Jest defines the test': [
    '    at it (/home/ci/shop/test/cart.test.js:9:1)\n    at describe (/home/ci/shop/test/cart.test.js:2:1)',
    ['it (test/cart.test.js)', 'describe (test/cart.test.js)'],
    true,
  ],
  'an assertion of its own': [
    ' ❯ expectTotal test/support.ts:4:3\n ❯ test/cart.test.ts:9:1',
    ['expectTotal (test/support.ts)', 'test/cart.test.ts'],
    true,
  ],
  'a page of its own': [
    '    at CheckoutPage.pay (/home/ci/shop/e2e/pages.ts:4:3)\n    at /home/ci/shop/e2e/checkout.spec.ts:9:1',
    ['CheckoutPage.pay (e2e/pages.ts)', 'e2e/checkout.spec.ts'],
    false,
  ],
  'a callback that the product calls': [
    '    at /home/ci/shop/test/cart.test.js:9:1\n    at inTransaction (/home/ci/shop/src/db.js:2:3)\n    at /home/ci/shop/test/cart.test.js:7:1',
    ['test/cart.test.js', 'inTransaction (src/db.js)'],
    true,
  ],
  pytest: [
    '    def test_add():\ntests/test_cart.py:19: \n_ _ _\n    def assert_total(cart):\ntests/support.py:3: AssertionError\n',
    ['assert_total (tests/support.py)', 'test_add (tests/test_cart.py)'],
    false,
  ],
  Java: [
    '\tat shop.CartTest.assertTotal(CartTest.java:5)\n\tat app//shop.CartTest$$Lambda$364/0x00007fd2980da940.execute(Unknown Source)\n\tat shop.CartTest.adds(CartTest.java:9)',
    ['shop.CartTest.assertTotal (CartTest.java)', 'shop.CartTest.adds (CartTest.java)'],
    false,
  ],
  '.NET without symbols': ['   at Shop.Tests.CartTests.Adds()', ['Shop.Tests.CartTests.Adds'], false],
  PHPUnit: ['/var/www/shop/tests/CartTest.php:36', ['tests/CartTest.php'], true],
  RSpec: ["./spec/cart_spec.rb:21:in `block (3 levels) in <top (required)>'", ['spec/cart_spec.rb'], true],
  GoogleTest: ['/home/ci/shop/cart_test.cc:8\nExpected equality of these values:', ['shop/cart_test.cc'], true],
  'GoogleTest on Windows': ['C:\\agent\\1\\s\\test\\cart_test.cc(8): error: Expected equality of', ['test/cart_test.cc'], true],
  Catch2: ['  365 == 364\nat /home/ci/shop/tests/test_cart.cpp:7', ['tests/test_cart.cpp'], true],
};

describe('projectStack', () => {
  it.each(Object.entries(OF_TESTS))('of a test: %s', (_, [details, frames, isNameless]) => {
    expect(projectStack(details)).toEqual({ frames, isNameless });
  });

  it('keeps the function of the product that a test calls, where Jest gives its name to the test', () => {
    const stack = (called: string) =>
      `    at readFileSync (/home/ci/shop/src/store.js:9:9)\n    at Object.${called} (/home/ci/shop/test/store.test.js:3:3)`;
    expect(projectStack(stack('receipt'))).toEqual({ frames: ['readFileSync (src/store.js)', 'receipt'], isNameless: false });
    expect(framesOf(stack('invoice'))).not.toEqual(framesOf(stack('receipt')));
  });

  it.each(Object.entries(STACKS))('%s', (_, [details, frames]) => {
    expect(framesOf(details)).toEqual(frames);
  });

  it('keeps the innermost five, each once, whatever the depth of a recursion', () => {
    const stack = (depth: number): string =>
      '    at again (/a/src/a.js:1:1)\n    at more (/a/src/b.js:1:1)\n'.repeat(depth) +
      Array.from({ length: 9 }, (_, n) => `    at f${'x'.repeat(n)} (/a/src/c.js:${n}:1)\n`).join('');
    expect(framesOf(stack(2))).toHaveLength(5);
    expect(framesOf(stack(2))).toEqual(framesOf(stack(900)));
    expect(framesOf(stack(2), 1)).toEqual(['again (src/a.js)']);
  });

  it('finds nothing in no stack, and takes linear time for hostile ones', () => {
    expect(framesOf('')).toEqual([]);
    expect(framesOf('one\ntwo: 3\nat nowhere')).toEqual([]);
    const parts = ['    at ', '(', ' (', 'a@', ':1', 'a/', '  File "', '#0 ', '.rb:1', 'async ', ' [as ', '❯ a ', '$1', '\\'];
    for (const part of [...parts, '.cc:1', '.cpp(1): error', '.test', '-test/', 'Tests', 'Object.', 'toBe.', '$$Lambda$1/0x0']) {
      const frame = `at ${part.repeat(60)} (/a/${part.repeat(60)}!.js:1:1)\n`;
      for (const details of [part.repeat(200_000), `at ${part.repeat(300)}\n`.repeat(500), frame.repeat(500)]) {
        expect(
          leastTime(() => framesOf(details)),
          part,
        ).toBeLessThan(1_000);
      }
    }
  }, 60_000);
});
