/**
 * The field at a place in an operation's variables, as `extensions.fields` has it: its own name, as where the database
 * names it; within a list its place in the input, such as `results.0.name`.
 *
 * @param path the keys that lead there, the variable's name first; numbers are places in lists.
 */
export function fieldAt(path: readonly (string | number)[]): string {
  const keys = path.map(String);
  const isIndex = (key: string) => /^\d+$/.test(key);
  // A list of plain values has the list's name.
  while (keys.length > 1 && isIndex(keys.at(-1) as string)) keys.pop();
  return keys.some(isIndex) ? keys.slice(1).join('.') : (keys.at(-1) ?? 'input');
}
