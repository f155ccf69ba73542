import pg from 'pg';
import { inTransaction, withClient } from './connection.ts';
import { newPassword } from './development.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { KeyEnvelopes } from './key-envelopes.ts';
import type { Organization } from './organizations.ts';
import { scramVerifier } from './scram.ts';

/** A login that reads one organization by SQL. */
export interface SqlLoginWanted {
  readonly login: string;
  /** The organization's slug. */
  readonly organization: string;
  readonly role: string;
  /** The e-mail address of the member that it stands for; null for a program of its own. */
  readonly user: string | null;
  /** How many connections it may hold. */
  readonly connections: number;
  /** How long a statement may run, as PostgreSQL writes it: `60s`. The login can raise it. */
  readonly timeout: string;
  readonly validUntil: Date | null;
  /** Whether a login that is there already gets a new password; a new one always does. */
  readonly newPassword: boolean;
}

/** The connection of a login; the password is nowhere else, and null where it stays as it was. */
export interface SqlLogin {
  readonly login: string;
  readonly schema: string;
  readonly password: string | null;
}

/** A login as it stands. */
export interface SqlLoginState {
  readonly login: string;
  readonly organization: string;
  readonly role: string;
  readonly userId: string | null;
  readonly user: string | null;
  readonly connectionLimit: number | null;
  readonly timeout: string | null;
  readonly validUntil: Date | null;
  /** Connections that it holds now. */
  readonly connections: number;
}

/** What the operator asked for cannot be: no such organization or login, or a role of that name is there already. */
export class SqlLoginError extends Error {
  override name = 'SqlLoginError';
}

const { escapeIdentifier: name, escapeLiteral: text } = pg;

/**
 * Makes a login or changes it, in one transaction: the role, its membership in one request role, its settings in this
 * database, and the row that says what it reads.
 *
 * @param encryptionKey asked for where a user is named, to find the e-mail address.
 * @throws SqlLoginError, or the database's error with code DX400, DX404 or DX409 where the caller can mend it.
 */
export async function grantSqlLogin(operatorUrl: string, encryptionKey: () => EncryptionKey, wanted: SqlLoginWanted): Promise<SqlLogin> {
  return withClient(operatorUrl, (client) =>
    inTransaction(client, async () => {
      await client.query('set local role app_owner');
      const organizations = await client.query<Organization>('select id, home, state from app_private.organization_by_slug($1)', [
        wanted.organization,
      ]);
      const organization = organizations.rows[0];
      if (organization?.state !== 'ready') throw new SqlLoginError(`There is no organization "${wanted.organization}".`);
      const keys = wanted.user === null ? '' : await new KeyEnvelopes(client, encryptionKey()).of(organization.id);
      await client.query('select app_private.work_for($1, $2)', [organization.id, keys]);
      const granted = await client.query<{ known: boolean }>('select app_private.grant_sql_login($1, $2, $3) as known', [
        wanted.login,
        wanted.role,
        wanted.user,
      ]);
      await client.query('reset role');
      const roles = await client.query('select from pg_roles where rolname = $1', [wanted.login]);
      const exists = roles.rowCount === 1;
      if (exists && granted.rows[0]?.known !== true) {
        throw new SqlLoginError(`The role "${wanted.login}" exists already and is none of these logins: choose another name.`);
      }
      const password = exists && !wanted.newPassword ? null : newPassword();
      await shapeRole(client, wanted, organization.home, exists, password);
      return { login: wanted.login, schema: organization.home, password };
    }),
  );
}

async function shapeRole(client: pg.Client, wanted: SqlLoginWanted, home: string, exists: boolean, password: string | null): Promise<void> {
  const login = name(wanted.login);
  const until = text(wanted.validUntil?.toISOString() ?? 'infinity');
  const verifier = password === null ? '' : ` password ${text(scramVerifier(password))}`;
  await client.query(
    `${exists ? 'alter' : 'create'} role ${login} login connection limit ${Math.trunc(wanted.connections)} valid until ${until}${verifier}`,
  );
  const { rows } = await client.query<{ database: string; version: number; other: string[] }>(
    `select current_database() as database, current_setting('server_version_num')::int as version,
       array(select a.roleid::regrole::text from pg_auth_members as a where a.member = to_regrole($1) and a.roleid <> to_regrole($2)) as other`,
    [wanted.login, `app_${wanted.role}`],
  );
  const { database, version, other } = rows[0] as (typeof rows)[number];
  for (const role of other) await client.query(`revoke ${role} from ${login}`);
  // Its rights are those of the one role; it cannot become it, so session_user and current_user stay the same.
  await client.query(`grant ${name(`app_${wanted.role}`)} to ${login}${version >= 160_000 ? ' with inherit true, set false' : ''}`);
  await client.query(`grant connect on database ${name(database)} to ${login}`);
  const settings = {
    search_path: home === 'app' ? 'app' : `${name(home)}, app`,
    statement_timeout: text(wanted.timeout),
    lock_timeout: "'5s'",
    idle_in_transaction_session_timeout: "'5min'",
    default_transaction_read_only: 'on',
  };
  for (const [setting, value] of Object.entries(settings)) {
    await client.query(`alter role ${login} in database ${name(database)} set ${setting} = ${value}`);
  }
}

/**
 * Ends a login: its sessions, what it may read, what it has made (large objects), and the role. Where it is interrupted,
 * nobody can log in any more, and it can be run again.
 *
 * @returns how many sessions were ended.
 * @throws SqlLoginError where there is no such login.
 */
export async function revokeSqlLogin(operatorUrl: string, login: string): Promise<number> {
  return withClient(operatorUrl, async (client) => {
    const exists = await inTransaction(client, () => closeLogin(client, login));
    return inTransaction(client, async () => {
      await client.query('set local role app_owner');
      await client.query('select app_private.revoke_sql_login($1)', [login]);
      await client.query('reset role');
      return exists ? dropRole(client, login) : 0;
    });
  });
}

/** Committed first: who is cut off must not be able to connect again before the role is gone. False where it is gone already. */
async function closeLogin(client: pg.Client, login: string): Promise<boolean> {
  await client.query('set local role app_owner');
  const known = await client.query('select from app_private.sql_logins() as l where l.login = $1', [login]);
  if (known.rowCount === 0) throw new SqlLoginError(`There is no login "${login}" for analytics.`);
  await client.query('reset role');
  const roles = await client.query('select from pg_roles where rolname = $1', [login]);
  if (roles.rowCount === 1) await client.query(`alter role ${name(login)} nologin`);
  return roles.rowCount === 1;
}

async function dropRole(client: pg.Client, login: string): Promise<number> {
  const { rows } = await client.query<{ superuser: boolean }>('select rolsuper as superuser from pg_roles where rolname = current_user');
  // Only who has the role's rights may end its sessions and drop what it owns.
  if (rows[0]?.superuser !== true) await client.query(`grant ${name(login)} to current_user`);
  const ended = await client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [login]);
  await client.query(`drop owned by ${name(login)}`);
  await client.query(`drop role ${name(login)}`);
  return ended.rowCount ?? 0;
}

/** The logins of an organization, or of all. */
export async function listSqlLogins(operatorUrl: string, organization: string | null): Promise<SqlLoginState[]> {
  return withClient(operatorUrl, async (client) => {
    const { rows } = await client.query<SqlLoginState>(
      `select l.login, l.organization, l.base_role as role, l.user_id as "userId", l.user_name as user,
         r.rolconnlimit as "connectionLimit", nullif(r.rolvaliduntil, 'infinity') as "validUntil",
         (select substring(c from '=(.*)') from pg_db_role_setting as s cross join unnest(s.setconfig) as c
           where s.setrole = r.oid and s.setdatabase = d.oid and c like 'statement_timeout=%') as timeout,
         (select count(*)::int from pg_stat_activity as a where a.usename = l.login) as connections
       from app_private.sql_logins() as l join pg_database as d on d.datname = current_database()
       left join pg_roles as r on r.rolname = l.login
       where $1::text is null or l.organization = $1
       order by l.organization, l.login`,
      [organization],
    );
    return rows;
  });
}
