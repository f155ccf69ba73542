// Terminal colours go as a whole (of `ESC[31m`, removing ESC alone leaves `[31m`), also as CTest spells them, then what
// neither XML 1.0 nor the database takes.
const ILLEGAL = new RegExp(
  '(?:\\u001b|\\[NON-XML-CHAR-0x1B\\])\\[[0-9;]*[A-Za-z]|\\[NON-XML-CHAR-0x[0-9A-F]{1,4}\\]|' +
    '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]',
  'g',
);
/** An escape sequence, or one that CTest spelled, which the next piece may continue. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const OPEN_SEQUENCE = /(?:\u001b|\[NON-XML-CHAR-0x1B\])(?:\[[0-9;]{0,20})?$|\[(?:N[-ONXMLCHARx0-9A-F]{0,18})?$/;

/** The text without terminal colours and control characters other than tab and line ends. */
export function withoutIllegal(text: string): string {
  return text.replace(ILLEGAL, '');
}

/** The same, and without halves of characters, of a text that did not come through the filter, having been escaped. */
export function cleanText(text: string): string {
  return withoutIllegal(text).toWellFormed();
}

/** Removes the same from a text that comes in pieces. */
export class IllegalFilter {
  #carried = '';

  next(piece: string): string {
    const whole = this.#carried + piece;
    // Looked for at the end only: the expression would else be tried at each bracket of a long text.
    const from = Math.max(0, whole.length - 64);
    this.#carried = OPEN_SEQUENCE.exec(whole.slice(from))?.[0] ?? '';
    return withoutIllegal(whole.slice(0, whole.length - this.#carried.length));
  }

  /** What was held back, once there is no more. */
  end(): string {
    return withoutIllegal(this.#carried);
  }
}
