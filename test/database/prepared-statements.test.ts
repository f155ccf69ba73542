import pg from 'pg';
import { expect, test } from 'vitest';
import { connectionOptions } from '../../src/database/connection.ts';
import { namePrepared } from '../../src/database/prepared-statements.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();

test('more statements than are kept, in one flight, and again: each is prepared when it is not there', async () => {
  const pool = new pg.Pool({ ...connectionOptions(database.url), pipeline: true, max: 1 } as pg.PoolConfig);
  const client = await pool.connect();
  try {
    const ask = (n: number) => client.query({ text: `select ${n} as n`, ...namePrepared(client, `statement-${n}`, 'admin', 'app') });
    const numbers = Array.from({ length: 230 }, (_, n) => n);
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(numbers.map(ask));
      expect(answers.map(({ rows }) => rows[0].n)).toEqual(numbers);
    }
  } finally {
    client.release();
    await pool.end();
  }
});
