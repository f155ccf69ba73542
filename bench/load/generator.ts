// The clients, in a process of their own, so that what they do takes no time from the one that measures. Told by IPC: first scripts under
// a name, then plans.
import type { Plan, Script } from './closed-loop.ts';
import { runPlan } from './closed-loop.ts';

/** What the generator is told. */
export type Instruction =
  | { readonly kind: 'scripts'; readonly name: string; readonly scripts: readonly Script[] }
  | { readonly kind: 'run'; readonly name: string; readonly plan: Plan };

const known = new Map<string, readonly Script[]>();

process.on('message', async (instruction: Instruction) => {
  try {
    if (instruction.kind === 'scripts') {
      known.set(instruction.name, instruction.scripts);
      process.send?.({ run: null });
    } else {
      process.send?.({ run: await runPlan(instruction.plan, known.get(instruction.name) ?? []) });
    }
  } catch (error) {
    process.send?.({ error: (error as Error).message });
  }
});
process.on('disconnect', () => process.exit());
