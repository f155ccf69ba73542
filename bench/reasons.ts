import type { Goal } from './goals.ts';

const STOCK =
  'Stock looks up who is calling once a minute and sets it as settings; the product asks in each transaction whether session, member and organization still stand, so that a revocation holds from the next request.';
const GRAPHQL = 'What lies between is GraphQL: parsing is cached, planning too, but each answer is still put together field by field.';
const POLICIES =
  'Each policy asks once a statement who is calling, for each table that the statement reads: some hundredths of a millisecond each, whatever the number of rows.';

/** Where the time or the memory goes, for goals that may be missed: by id, or by the first part of it. */
const REASONS: Readonly<Record<string, string>> = {
  'w1-stock': STOCK,
  'w2-stock': STOCK,
  'w6-stock': STOCK,
  'unseen-stock':
    'A text of a shape that nobody has sent is parsed, validated and planned by the same libraries in both; the limits on depth, fields and cost are checked besides.',
  'w2-limit': `${GRAPHQL} The clients and the server share the cores with PostgreSQL, pgbench hardly needs any.`,
  'w2-bare': GRAPHQL,
  'w1-delayed':
    'The way there and back is 1.3 ms, as an echo takes it; the rest is the server reading the request and writing the answer, woken from its sleep for each of the two, and PostgreSQL. Stock pays the way four times.',
  'w2-delayed':
    'The way there and back is 1.3 ms, as an echo takes it; the rest is the server putting twenty rows together field by field, and PostgreSQL. Stock pays the way four times.',
  'growth-w2':
    'Where the smallest data has fewer than 100,000 defects, most of its 200 organizations have not twenty open ones of a severity: their pages are shorter, and sooner put together.',
  'steady-memory':
    'V8 goes by the memory of the machine: it sets 64 MB twice aside for new objects, and lets garbage gather to several times what is in use (some 90 MB) before it looks for it. Bounded to 20 MB and half as much again, the server stays below 300 MB, but collecting takes so much of the two cores that W2 and W6 lose a sixth of their requests; so it is not bounded.',
  'w2-hand-written':
    'The hand-written server sends a statement for each kind of thing in a page, in one transaction of several round trips; what lies between is GraphQL in both.',
  'row-security': POLICIES,
  'w4-sql':
    'Each result is checked as GraphQL input, and each failure has its message normalized and its stack trace read for the fingerprint, before the database is asked.',
  'w4-agent-sql':
    'The agent starts cold, reads the whole report before it sends any of it (how much failed decides whether it opens defects), and has one batch stored at a time.',
};

/** Why a goal is missed where it is, as far as that is known. */
export function reasonFor({ id }: Pick<Goal, 'id'>): string | undefined {
  return REASONS[id] ?? Object.entries(REASONS).find(([name]) => id.startsWith(`${name}-`))?.[1];
}
