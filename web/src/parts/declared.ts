// What people say beside what was seen: one line for each name. Pure, so that it is tested without a browser.
export type Verdict = 'asDeclared' | 'undeclared' | 'unseen';

export interface Line {
  kind: 'sites' | 'resources' | 'scopes';
  name: string;
  declared: boolean;
  observed: boolean;
  verdict: Verdict;
}

const kKinds = ['sites', 'resources', 'scopes'] as const;
type Said = Record<(typeof kKinds)[number], readonly string[]>;

/** What was seen and not declared stands first: it is worth a look. */
export function beside(declared: Said, observed: Said): Line[] {
  const rank: Record<Verdict, number> = { undeclared: 0, unseen: 1, asDeclared: 2 };
  return kKinds
    .flatMap((kind) => [...new Set([...declared[kind], ...observed[kind]])].map((name): Line => {
      const [said, seen] = [declared[kind].includes(name), observed[kind].includes(name)];
      return { kind, name, declared: said, observed: seen, verdict: said && seen ? 'asDeclared' : said ? 'unseen' : 'undeclared' };
    }))
    .sort((left, right) => rank[left.verdict] - rank[right.verdict] || kKinds.indexOf(left.kind) - kKinds.indexOf(right.kind) || left.name.localeCompare(right.name));
}
