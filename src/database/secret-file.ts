import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The content of a file that only its owner may read (0600), made at first use by `make`. Two processes that start at
 * once end up with the same content, and a crash leaves no half file.
 *
 * @throws Error where the file can be read by others: its secret may no longer be one.
 */
export function secretFile(path: string, make: () => string): string {
  try {
    return readSecret(path);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, make());
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    // Unlike a rename, a link does not replace what another process has made in between.
    linkSync(draft, path);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return readSecret(path);
}

function readSecret(path: string): string {
  const content = readFileSync(path, 'utf8');
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new Error(`The file ${path} can be read by others: make it private (chmod 600) or, if others had access, replace its secret.`);
  }
  return content;
}
