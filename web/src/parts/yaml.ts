// Records in the form that `gatehouse apply` reads (docs/reference/apply_form.md): texts in double quotes with JSON's escapes.
type Value = string | boolean | readonly string[] | null | undefined;

export function applyForm(kind: string, members: Record<string, Value>): string {
  const lines = ['version: 1', `${kind}:`];
  let lead = '  - ';
  for (const [name, value] of Object.entries(members)) {
    if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    lines.push(`${lead}${name}: ${Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]` : JSON.stringify(value)}`);
    lead = '    ';
  }
  return `${lines.join('\n')}\n`;
}
