// Commands that people copy into a shell: what stands in a name must stay one word there.
/** A word of a shell: quoted where it must be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** "gatehouse token list --state live": options without a value are left out, `true` stands alone. */
export function commandLine(words: string[], options: Record<string, string | boolean | undefined | null> = {}): string {
  const parts = ['gatehouse', ...words.map(quoted)];
  for (const [name, value] of Object.entries(options)) {
    if (value === true) parts.push(`--${name}`);
    else if (value) parts.push(`--${name}`, quoted(value));
  }
  return parts.join(' ');
}
