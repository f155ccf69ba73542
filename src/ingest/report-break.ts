const MAX_MESSAGE = 300;

/** A report cannot be read further; line and column count from 1. What was complete before is still good. */
export class ReportBreak extends Error {
  override name = 'ReportBreak';
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message);
    this.line = line;
    this.column = column;
  }
}
