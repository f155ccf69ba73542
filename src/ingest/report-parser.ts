import type { TestResult } from './report.ts';

/** The formats that are read. */
export const REPORT_FORMATS = ['junit', 'ctrf', 'trx', 'tap'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Something is wrong with a report that can be read on all the same; line and column count from 1. */
export type Note = (line: number, column: number, message: string) => void;

/** Reads the text of one report as it comes. */
export interface ReportParser {
  /** @throws ReportBreak where the report cannot be read further. */
  write(text: string): void;
  /** Says that there is no more. @throws ReportBreak where there should be. */
  end(): void;
  /** The results that are complete since the last call. */
  take(): TestResult[];
  /** The results that had to wait for the end of the report; after a break, what is known of them. */
  rest(): Iterable<TestResult>;
  /** Gives back what it holds outside of memory. */
  dispose(): void;
}
