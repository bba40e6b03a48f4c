// Who and what hangs on a credential, as five columns: people, accounts, credentials, resources, places. Made of what `report wake` answers;
// pure, so that it is tested without a browser.
import type { Schemas } from '../api/types.ts';

export type WakeItem = Pick<
  Schemas['WakeItem'],
  'kind' | 'id' | 'name' | 'account' | 'site' | 'owner' | 'owner_live' | 'account_owner' | 'deputy' | 'resources' | 'automations' | 'wakes' | 'expires_at'
>;

export const columns = ['people', 'accounts', 'credentials', 'resources', 'places'] as const;
export type ColumnName = (typeof columns)[number];

export interface GraphNode {
  key: string;
  column: ColumnName;
  label: string;
  more: string;
  /** The record behind it: kind and name, for a link. */
  kind: string;
  id: string;
  /** Nobody would wake up, or the owner is gone. */
  alarm: boolean;
}

export interface GraphEdge {
  from: string;
  to: string;
  /** Past a column: the credential's own owner, where the account has another. */
  past?: boolean;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** For each item the nodes that belong to it: what passes through a shared node does not belong together. */
  groups: string[][];
  /** Nodes that did not fit, by column. */
  left: Record<ColumnName, number>;
}

const credentialKey = (item: WakeItem) => `credential ${item.kind} ${item.id}`;

/** At most `most` nodes in a column; the first ones are those of the items that come first. */
export function graphOf(items: readonly WakeItem[], most = 14): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const counts = Object.fromEntries(columns.map((name) => [name, 0])) as Record<ColumnName, number>;
  const left = { ...counts };
  const leftOut = new Set<string>();
  const groups: Array<Set<string>> = [];
  const add = (node: GraphNode): string | undefined => {
    groups.at(-1)?.add(node.key);
    const known = nodes.get(node.key);
    if (known) {
      known.alarm ||= node.alarm;
      return node.key;
    }
    if (counts[node.column] >= most) {
      if (!leftOut.has(node.key)) left[node.column] += 1;
      leftOut.add(node.key);
      return undefined;
    }
    counts[node.column] += 1;
    nodes.set(node.key, node);
    return node.key;
  };
  const join = (from: string | undefined, to: string | undefined, past = false) => {
    if (from && to) edges.set(`${from}\n${to}`, { from, to, ...(past ? { past } : {}) });
  };
  const node = (column: ColumnName, kind: string, id: string, label: string, more = '', alarm = false): GraphNode => ({ key: `${column} ${kind} ${id}`, column, kind, id, label, more, alarm });

  for (const item of items) {
    groups.push(new Set());
    const credential = add({ ...node('credentials', item.kind, item.id, item.name || item.kind, item.kind, item.wakes.length === 0), key: credentialKey(item) });
    const behind = item.kind === 'site credential' ? item.automations.map((one) => one.account).filter((one): one is string => Boolean(one)) : item.account ? [item.account] : [];
    const accounts = behind.map((handle) => add(node('accounts', 'account', handle, handle)));
    for (const account of accounts) join(account, credential);
    const person = (email: string | null | undefined, more: string, alarm: boolean) => email && add(node('people', 'person', email, email, more, alarm));
    const owner = item.account_owner ?? item.owner;
    const isOwner = person(owner, '', !item.owner_live && owner === item.owner) || undefined;
    if (accounts.length > 0 && item.kind !== 'site credential') for (const account of accounts) join(isOwner, account);
    else join(isOwner, credential);
    if (item.owner && item.owner !== owner) join(person(item.owner, '', !item.owner_live) || undefined, credential, true);
    if (item.deputy && item.deputy !== owner) for (const account of accounts) join(person(item.deputy, '', false) || undefined, account);
    const resources = item.resources.map((name) => add(node('resources', 'resource', name, name)));
    for (const resource of resources) join(credential, resource);
    for (const place of item.kind === 'site credential' ? [] : item.automations) {
      const tool = place.tool ?? '?';
      const where = place.place ?? '?';
      // Of which resource a place uses nothing is known where there are several: the line then begins at the credential.
      const from = resources.length === 1 ? resources[0] : credential;
      join(from, add(node('places', 'place', `${tool} ${where}`, tool, where)));
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], groups: groups.map((one) => [...one]), left };
}

/** All that belongs to a node: the nodes of every item that it is part of. */
export function connected(graph: Graph, key: string): Set<string> {
  return new Set([key, ...graph.groups.filter((group) => group.includes(key)).flat()]);
}

/** The order within each column that keeps lines short: each node as near as it can be to those it hangs on. Two passes suffice here. */
export function ordered(graph: Graph): Record<ColumnName, GraphNode[]> {
  const result = Object.fromEntries(columns.map((name) => [name, graph.nodes.filter((one) => one.column === name)])) as Record<ColumnName, GraphNode[]>;
  const middle = (key: string, near: 'from' | 'to', far: 'from' | 'to', places: Map<string, number>): number => {
    const all = graph.edges.filter((edge) => edge[near] === key).map((edge) => places.get(edge[far])).filter((one) => one !== undefined);
    return all.length === 0 ? Number.MAX_SAFE_INTEGER : all.reduce((sum, one) => sum + one, 0) / all.length;
  };
  for (const [order, near, far] of [[[...columns], 'to', 'from'], [[...columns].reverse(), 'from', 'to']] as const) {
    const places = new Map<string, number>();
    for (const name of order) {
      const by = new Map(result[name].map((one, index) => [one.key, places.size === 0 ? index : middle(one.key, near, far, places)]));
      result[name].sort((left, right) => by.get(left.key)! - by.get(right.key)!);
      result[name].forEach((one, index) => places.set(one.key, index));
    }
  }
  return result;
}
