import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

/** The rooms of src/ that each may use, beside itself and src/config.ts. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  cli: ['agent', 'auth', 'cluster', 'database', 'http', 'ingest', 'jobs', 'plugins'],
  // One server of several processes.
  cluster: ['http'],
  http: ['auth', 'database', 'plugins'],
  jobs: ['database', 'outbound'],
  plugins: ['database', 'ingest'],
  auth: ['database'],
  // What CI runs, bundled without the server.
  agent: ['ingest'],
  ingest: [],
  database: [],
  // Requests to addresses that somebody outside has chosen.
  outbound: [],
};

test('imports point downward', () => {
  const upward: string[] = [];
  for (const file of globSync('src/*/**/*.ts', { cwd: root })) {
    const room = file.split('/')[1] as string;
    expect(Object.keys(BELOW)).toContain(room);
    for (const [, path] of readFileSync(join(root, file), 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const target = normalize(join(dirname(file), path as string)).split('/');
      if (target[0] !== 'src' || target.length === 2) continue;
      if (target[1] !== room && !BELOW[room]?.includes(target[1] as string)) upward.push(`${file} → ${target.join('/')}`);
    }
  }
  expect(upward).toEqual([]);
});

test('nothing but server.ts and the command put the rooms together', () => {
  const users = globSync('src/**/*.ts', { cwd: root }).filter((file) =>
    /(from|import\() ?'[./]*server\.ts'/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(users).toEqual(['src/cli/serve.ts']);
});

test('nothing of the product uses its benchmark', () => {
  const users = globSync(['*.ts', 'src/**/*.ts'], { cwd: root }).filter((file) =>
    /(from|import\() ?'[./]*\/bench\//.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(users).toEqual([]);
});

test('what CI tries on one PostgreSQL only is there', () => {
  const patterns = [...readFileSync(join(root, '.ci/run'), 'utf8').matchAll(/--exclude "([^"]+)"/g)].map(
    ([, pattern]) => pattern as string,
  );
  expect(patterns.length).toBeGreaterThan(1);
  const files = patterns.map((pattern) => globSync(pattern, { cwd: root }).filter((file) => file.endsWith('.test.ts')));
  expect(files.filter((found) => found.length === 0)).toEqual([]);
});
