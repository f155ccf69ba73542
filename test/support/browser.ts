import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page, type Request } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

/** A page in a window that has a profile of its own. */
export interface TestPage {
  readonly page: Page;
  /** What was asked by it, and by other tabs of the window. */
  readonly requests: readonly Request[];
  /** Closes the window; fails where another host was asked, and for what stands in the console as an error. */
  end(): Promise<void>;
}

/** A headless Chromium for a test file. */
export interface TestBrowser {
  /** @param expected errors that are part of the test; others fail it: what was thrown, was blocked or was not found. */
  open(url: string, expected?: readonly RegExp[]): Promise<TestPage>;
}

/** Starts Debian's Chromium, or the one that CHROMIUM_PATH names. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
    if (!existsSync(executablePath)) {
      throw new Error(`There is no Chromium at ${executablePath}: install Debian's package "chromium", or set CHROMIUM_PATH.`);
    }
    // As root, as CI runs, its sandbox does not start; the pages are our own.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  return {
    async open(url, expected = []) {
      const context = await (browser as Browser).newContext({ viewport: { width: 1920, height: 1080 } });
      const requests: Request[] = [];
      const faults: string[] = [];
      context.on('request', (request) => requests.push(request));
      context.on('weberror', (error) => faults.push(String(error.error())));
      context.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      await page.goto(url);
      return {
        page,
        requests,
        async end() {
          await context.close();
          expect(faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)))).toEqual([]);
          const hosts = requests.map((request) => new URL(request.url())).filter(({ protocol }) => /^(http|ws)/.test(protocol));
          expect(new Set(hosts.map(({ host }) => host))).toEqual(new Set([new URL(url).host]));
        },
      };
    },
  };
}
