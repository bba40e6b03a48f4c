// What would be decided for a request, by the tables and the grants as they are read: a preview, no decision. The server decides.
import type { Schemas } from '../api/types.ts';
import { texts } from '../texts.ts';
import { bare, grantsOn } from './form.ts';
import { covers, requestedBy, roleIncludes, type Operation } from './scopes.ts';

type Grant = Schemas['Grant'];
const t = texts.make;

export interface Step {
  step: string;
  passed: boolean;
  detail: string;
}

export interface Asked {
  method: string;
  path: string;
  scopes: readonly string[];
  role: string;
  resources: readonly string[];
  grants: readonly Grant[];
}

const needed = (operation: Operation) => (operation.classic ?? operation.granular ?? []).join(' ');
/** Those of its scopes that are there. */
const neededOf = (operation: Operation, have: ReadonlySet<string>) =>
  ([operation.classic, operation.granular].find((all) => all?.every((one) => have.has(one))) ?? []).join(' ') || texts.none;

/** The project or space that a path names by its key, if it does. */
function keyIn(path: string): string | undefined {
  return /\/issue\/([A-Za-z][A-Za-z0-9_]*)-\d+/.exec(path)?.[1]?.toUpperCase() ?? /\/(?:project|space)\/([A-Za-z][A-Za-z0-9_]*)/.exec(path)?.[1];
}

export function verdictOn({ method, path, scopes, role, resources, grants }: Asked): Step[] {
  const operation = requestedBy(method, path);
  if (!operation) return [{ step: t.stepOperation, passed: false, detail: t.unknownRequest }];
  const steps: Step[] = [{ step: t.stepOperation, passed: true, detail: operation.words.join(' ') }];
  const whole = resources.some((one) => bare(one).endsWith('/*'));
  const key = keyIn(path);
  const reached = resources.filter((one) => bare(one).endsWith('/*') || !key || bare(one).split('/')[1] === key);
  steps.push({ step: t.stepBound, passed: reached.length > 0 && (whole || !operation.wholeSite), detail: operation.wholeSite && !whole ? t.wholeSiteOnly : reached.map(bare).join(' ') || (key ?? texts.none) });
  const enough = covers(operation, new Set(scopes));
  steps.push({ step: t.stepScopes, passed: enough, detail: enough ? neededOf(operation, new Set(scopes)) : t.needs(needed(operation)) });
  const included = roleIncludes(role, operation);
  if (role) steps.push({ step: t.stepRole, passed: included !== false, detail: role });
  const given = (resource: string) => {
    const on = grantsOn(resource, grants).filter((one) => roleIncludes(one.role ?? '', operation) !== false);
    return new Set(on.flatMap((one) => one.scopes).filter((one) => scopes.includes(one)));
  };
  const granted = reached.filter((one) => covers(operation, given(one)));
  const some = reached.some((one) => grantsOn(one, grants).length > 0);
  steps.push({ step: t.stepGrant, passed: granted.length > 0, detail: granted.map(bare).join(' ') || (some ? t.grantLacks : t.grantMissing) });
  return steps;
}
