import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Plan, Run, Script } from './closed-loop.ts';
import type { Instruction } from './generator.ts';

/** Clients in a process of their own. */
export class Load {
  readonly #child: ChildProcess;
  readonly #known = new Set<string>();

  constructor() {
    this.#child = fork(fileURLToPath(new URL('generator.ts', import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** Gives the clients what they are to ask, under a name. */
  async prepare(name: string, scripts: readonly Script[]): Promise<void> {
    await this.#tell({ kind: 'scripts', name, scripts });
    this.#known.add(name);
  }

  /**
   * Lets the clients ask what was prepared under a name.
   *
   * @throws Error with the first wrong answer.
   */
  async run(name: string, plan: Plan): Promise<Run> {
    if (!this.#known.has(name)) throw new Error(`Nothing is prepared under the name ${name}.`);
    return (await this.#tell({ kind: 'run', name, plan })) as Run;
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  #tell(instruction: Instruction): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('The load generator has ended.'));
      this.#child.once('exit', ended);
      this.#child.once('message', (answer: { run?: unknown; error?: string }) => {
        this.#child.off('exit', ended);
        if (answer.error === undefined) resolve(answer.run);
        else reject(new Error(answer.error));
      });
      this.#child.send(instruction);
    });
  }
}
