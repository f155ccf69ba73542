import { execFile } from 'node:child_process';

const PATIENCE_MS = 10_000;
/** Git needs these; nothing else of the environment is its business, least of all a credential. */
const PASSED_ON = /^(?:PATH|PATHEXT|HOME|USERPROFILE|SYSTEMROOT|TEMP|TMP|LANG|GIT_[A-Z_]+)$/i;

/** Where a working copy stands. */
export interface Checkout {
  /** Null without Git, outside of a repository and in one without a commit. */
  readonly commit: string | null;
  /** Null where no branch is checked out, as CI systems do. */
  readonly branch: string | null;
}

/** Asks Git where a directory stands; a shallow clone knows it as well. */
export async function checkoutOf(directory: string): Promise<Checkout> {
  const [commit, branch] = await Promise.all([
    git(directory, ['rev-parse', '--verify', '--quiet', 'HEAD']),
    git(directory, ['symbolic-ref', '--short', '--quiet', 'HEAD']),
  ]);
  // A branch without a commit is none yet.
  return { commit, branch: commit === null ? null : branch };
}

function git(directory: string, args: readonly string[]): Promise<string | null> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
  return new Promise((resolve) => {
    execFile('git', args, { cwd: directory, timeout: PATIENCE_MS, windowsHide: true, env }, (error, stdout) =>
      resolve(error === null ? stdout.trim() || null : null),
    );
  });
}
