import { Argument, type Command, InvalidArgumentError } from 'commander';
import { stopped, stopSignal } from '../../src/cli/stop-signal.ts';
import { parseConfig } from '../../src/config.ts';
import { databaseUrls } from '../../src/database/development.ts';
import { PEERS, type PeerName, peer } from './start.ts';

interface PeerCommandOptions {
  readonly port: number;
  readonly databaseUrl?: string;
}

/** Adds the command `peer`: one of them beside a running server, on the same database and with the same tokens. */
export function describePeer(program: Command, output: NonNullable<Parameters<typeof stopSignal>[0]>): void {
  program
    .command('peer')
    .description('serve a peer of the product beside a running server, on its database and accepting its tokens, until Ctrl-C')
    .addArgument(new Argument('<name>', 'which').choices(PEERS))
    .option('--port <n>', 'the port to listen on; 0 for any free one', port, 5701)
    .option('--database-url <url>', "the API's connection; else DATABASE_URL, or the embedded database of the server that runs")
    .action(async (name: PeerName, { port, databaseUrl }: PeerCommandOptions) => {
      const config = parseConfig({ ...process.env, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) });
      const signal = stopSignal(output);
      // As each of them is meant to be run; what reads these is loaded after them.
      process.env.NODE_ENV = process.env.GRAPHILE_ENV = 'production';
      const running = await (await peer(name)).start({
        databaseUrl: databaseUrls(config).databaseUrl,
        dataDirectory: config.DATA_DIR,
        poolSize: config.DATABASE_POOL_SIZE,
        port,
      });
      output.result(`${name} is ready at ${running.url}`, { name, url: running.url });
      await stopped(signal);
      await running.stop();
    });
}

function port(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError('It must be a port from 0 to 65535.');
  return number;
}
