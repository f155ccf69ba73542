import { createHash } from 'node:crypto';
import type { Report } from './send-report.ts';

/**
 * What a report is called: the SHA-256, in hexadecimal, of all that is sent with it and of its files' content, so that
 * the same report again is the same to the server and any other is another. A run that nobody names is called after its
 * content.
 */
export function reportIdOf(
  report: Omit<Report, 'reportId' | 'runKey' | 'results'> & { readonly runKey: string | null },
  digest: string,
): { readonly reportId: string; readonly runKey: string } {
  const reportId = createHash('sha256')
    .update(JSON.stringify(Object.entries(report).sort(([a], [b]) => (a < b ? -1 : 1))))
    .update(digest)
    .digest('hex');
  return { reportId, runKey: report.runKey ?? `local-${reportId.slice(0, 16)}` };
}
