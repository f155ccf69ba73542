import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from enlarging the space for new objects (`--semi-space-growth-factor`): it grows to some 100 MB where texts are
 * read and thrown away by the thousand, as in a large report, though hardly any of it is in use. What CI has to spare is
 * rather for the tests.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
