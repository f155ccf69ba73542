/**
 * Whether a subject is what the pattern of a CI trust says, from its first character to its last, case and all. `*` stands for any
 * characters, none included, but `:`, which separates the parts of a subject: so `repo:acme/*:ref:refs/heads/main` says
 * every repository and one branch, and no pattern takes more parts than it names, as a pull request's or a job's of
 * another environment. In time linear in the subject for each text of the pattern.
 */
export function subjectMatches(pattern: string, subject: string): boolean {
  const patterns = pattern.split(':');
  const parts = subject.split(':');
  return patterns.length === parts.length && patterns.every((part, index) => partMatches(part, parts[index] as string));
}

/** Takes each text between two `*` at its first place after the one before: no other choice can do better. */
function partMatches(pattern: string, part: string): boolean {
  const [first, ...rest] = pattern.split('*') as [string, ...string[]];
  const last = rest.pop();
  if (last === undefined) return first === part;
  if (!part.startsWith(first)) return false;
  let position = first.length;
  for (const text of rest) {
    const found = part.indexOf(text, position);
    if (found === -1) return false;
    position = found + text.length;
  }
  return part.length - last.length >= position && part.endsWith(last);
}
