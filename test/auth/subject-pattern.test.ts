import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { subjectMatches } from '../../src/auth/subject-pattern.ts';
import { useDatabase } from '../support/database.ts';
import { watchEventLoop } from '../support/event-loop.ts';

const { acme } = inject('fixture');
const database = useDatabase();

/** Whether the database takes a pattern for a CI trust; which constraint refuses it where it does not. */
async function accepted(pattern: string): Promise<true | string> {
  await database.operator.query('begin');
  await database.operator.query('select app_private.work_for($1)', [acme.id]);
  const outcome = await database.operator
    .query(
      `insert into app.ci_trusts (organization_id, project_id, name, issuer, audience, subject_pattern)
       values ($1, $2, 'pattern', 'https://ci.example', 'x', $3)`,
      [acme.id, acme.project, pattern],
    )
    .then(
      () => true as const,
      (error: { constraint?: string; code: string }) => error.constraint ?? error.code,
    );
  await database.operator.query('rollback');
  return outcome;
}

test.each([
  // GitHub Actions
  ['repo:acme/web:ref:refs/heads/main', 'repo:acme/web:ref:refs/heads/main'],
  ['repo:acme/*:ref:refs/heads/main', 'repo:acme/web:ref:refs/heads/main'],
  ['repo:acme/web:ref:refs/heads/*', 'repo:acme/web:ref:refs/heads/feature/one'],
  ['repo:acme/web:ref:refs/tags/v*', 'repo:acme/web:ref:refs/tags/v1.2.3'],
  ['repo:acme/web:environment:prod', 'repo:acme/web:environment:prod'],
  ['repo:acme/web:pull_request', 'repo:acme/web:pull_request'],
  ['repo:acme-123456/web-*:ref:refs/heads/main', 'repo:acme-123456/web-456789:ref:refs/heads/main'],
  // GitLab
  ['project_path:group/project:ref_type:branch:ref:main', 'project_path:group/project:ref_type:branch:ref:main'],
  ['project_path:group/*:ref_type:branch:ref:main', 'project_path:group/subgroup/project:ref_type:branch:ref:main'],
  // Azure DevOps
  ['sc://acme/web/*', 'sc://acme/web/service-connection'],
  ['/eid1/c/pub/t/dGVuYW50/a/YXBw/sc/4f1c/*', '/eid1/c/pub/t/dGVuYW50/a/YXBw/sc/4f1c/9a2b'],
  // The rule itself
  ['repo:a/*b*c', 'repo:a/bc'],
  ['repo:a/*b*c', 'repo:a/bbcc'],
  ['repo:a/*aba', 'repo:a/ababa'],
  ['repo:a/**', 'repo:a/'],
])('%s takes %s', async (pattern, subject) => {
  expect(await accepted(pattern)).toBe(true);
  expect(subjectMatches(pattern, subject)).toBe(true);
});

test.each([
  ['repo:acme/*:ref:refs/heads/main', 'repo:acme/web:pull_request'],
  ['repo:acme/*:ref:refs/heads/main', 'repo:acme/web:ref:refs/heads/main2'],
  ['repo:acme/*:ref:refs/heads/main', 'xrepo:acme/web:ref:refs/heads/main'],
  ['repo:acme/*:ref:refs/heads/main', 'repo:acme/web:environment:x:ref:refs/heads/main'],
  ['repo:acme/*:ref:refs/heads/main', 'repo:acme-evil/web:ref:refs/heads/main'],
  ['repo:acme/*:ref:refs/heads/main', 'repo:Acme/web:ref:refs/heads/main'],
  ['repo:acme/*:ref:refs/heads/main', 'repo:acme/web:ref:refs/heads/main\n'],
  ['repo:acme/*', 'repo:acme/web:ref:refs/heads/main'],
  ['repo:acme/web:*', 'repo:acme/web:ref:refs/heads/main'],
  ['repo:acme/w.b:pull_request', 'repo:acme/web:pull_request'],
  ['repo:acme/web', 'repo:acme/webx'],
  ['repo:a/*aba*aba', 'repo:a/ababa'],
  ['repo:a/aba*aba', 'repo:a/aba'],
  ['repo:a/*', ''],
])('%s does not take %s', (pattern, subject) => {
  expect(subjectMatches(pattern, subject)).toBe(false);
});

test.each([
  '*',
  '**',
  '*:*',
  '*:acme/web',
  'repo*',
  'repo:*',
  'repo:*/web:ref:refs/heads/main',
  'repo:acme*',
  'repo:acme*/web',
  'repo:/*',
  'project_path:*',
  'sc://*',
  'sc://acme*',
  'sc:///*',
  'user*',
  '/*',
  '/eid1/*',
  '',
  'repo:acme/web\n',
  'repo:acme/\u0001*',
  'repo:acme/\u0085*',
  `repo:acme/${'x'.repeat(255)}`,
])('the pattern "%s" is refused', async (pattern) => {
  expect(await accepted(pattern)).toBe('ci_trusts_subject_pattern_check');
});

test.each(['repo:acme/wéb:*', 'repo:acme/\u{1f680}*', 'repo:the acme/web:*'])('the pattern "%s" is taken', async (pattern) => {
  expect(await accepted(pattern)).toBe(true);
});

/** The rule as a regular expression: the same, but not in linear time. */
function asExpression(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[\\^$.|?+()[\]{}]/g, '\\$&').replaceAll('*', '[^:]*')}$`);
}

test('it takes what the rule says, for any pattern and subject', () => {
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '/', '.'), maxLength: 10 });
  const subjects = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '.'), maxLength: 14 });
  let taken = 0;
  fc.assert(
    fc.property(patterns, subjects, (pattern, subject) => {
      const expected = asExpression(pattern).test(subject);
      if (expected) taken += 1;
      expect(subjectMatches(pattern, subject)).toBe(expected);
    }),
    { numRuns: 20_000 },
  );
  expect(taken).toBeGreaterThan(20);
});

test('a subject made to be slow is not', () => {
  const longestTurn = watchEventLoop();
  expect(subjectMatches(`repo:a/${'*a'.repeat(120)}*b`, `repo:a/${'a'.repeat(16_384)}`)).toBe(false);
  expect(longestTurn()).toBeLessThan(100);
});
