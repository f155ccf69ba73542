import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Terraform's program: the one that TERRAFORM names, or the PATH's; null where there is none. */
export function findTerraform(): string | null {
  const program = process.env.TERRAFORM || 'terraform';
  try {
    execFileSync(program, ['version'], { stdio: 'ignore', env: { ...process.env, CHECKPOINT_DISABLE: '1' } });
    return program;
  } catch {
    return null;
  }
}

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** A directory with a configuration, in which Terraform is run. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), 'defectxray-terraform-'));
  readonly #program: string;
  readonly #environment: Record<string, string>;

  constructor(program: string, environment: Record<string, string>) {
    this.#program = program;
    this.#environment = environment;
    writeFileSync(join(this.directory, 'terraform.rc'), 'disable_checkpoint = true\n');
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  /** Starts a command; with nothing of the tests' environment but the PATH. */
  start(...args: string[]) {
    const child = spawn(this.#program, args, {
      cwd: this.directory,
      env: {
        PATH: process.env.PATH,
        HOME: this.directory,
        CHECKPOINT_DISABLE: '1',
        TF_IN_AUTOMATION: '1',
        TF_INPUT: '0',
        TF_CLI_ARGS: '-no-color',
        TF_CLI_CONFIG_FILE: join(this.directory, 'terraform.rc'),
        TF_DATA_DIR: join(this.directory, '.terraform'),
        ...this.#environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = { child, output: '', ended: once(child, 'close').then(([code]): Ran => ({ code, output: running.output })) };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (running.output += text));
    return running;
  }

  run(...args: string[]): Promise<Ran> {
    return this.start(...args).ended;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
