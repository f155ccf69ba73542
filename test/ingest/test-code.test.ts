import { describe, expect, it } from 'vitest';
import { frameKind } from '../../src/ingest/test-code.ts';

describe('frameKind', () => {
  it.each([
    ['src/latest.ts', 'load'],
    ['src/contest.js', ''],
    ['lib/request.rb', 'test'],
    ['src/openapi-spec.ts', 'read'],
    ['shop/attest.py', 'sign'],
    ['Testimony.java', 'shop.Testimony.hear'],
    ['', 'Shop.Cart.Add'],
  ])('product: %s %s', (path, name) => {
    expect(frameKind(path, name)).toBe('product');
  });

  it.each([
    ['test/cart.js', ''],
    ['packages/cart/__tests__/cart.tsx', ''],
    ['web/cart.spec.ts', ''],
    ['e2e/pages.ts', 'expectTotal'],
    ['test/cart.test.js', 'beforeEach'],
    ['test/cart.test.js', 'Object.toBe'],
    ['spec/cart_spec.rb', 'expect_amount'],
    ['tests/CartTest.php', ''],
    ['shop/cart_test.cc', ''],
  ])('nameless test code: %s %s', (path, name) => {
    expect(frameKind(path, name)).toBe('nameless test code');
  });

  it.each([
    ['e2e/pages.ts', 'CheckoutPage.pay'],
    ['tests/helpers.js', 'Object.login'],
    ['tests/test_cart.py', 'test_total'],
    ['shop/conftest.py', 'terminal'],
    ['cart_test.go', 'TestTotal/EUR'],
    ['CartTest.java', 'shop.CartTest.addsUp'],
    ['CartIT.kt', 'shop.CartIT.addsUp'],
    ['', 'Shop.Tests.CartTests.Adds'],
    ['test/CartTests.cs', 'Shop.Tests.CartTests.Adds'],
  ])('named test code: %s %s', (path, name) => {
    expect(frameKind(path, name)).toBe('named test code');
  });
});
