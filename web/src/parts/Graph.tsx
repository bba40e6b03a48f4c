// The graph of blast_graph.ts as SVG: five columns, lines between them. What is pointed at or focused stays, the rest steps back. A table says
// the same beside it.
import { useMemo, useState } from 'react';
import { Link, pathOf } from '../router.ts';
import { texts } from '../texts.ts';
import { columns, connected, ordered, type Graph as Data, type GraphNode } from './blast_graph.ts';

const t = texts.blast;
const kWidth = 164;
const kGap = 38;
const kHeight = 40;
const kRow = 52;
const kTop = 30;

function placeOf(node: GraphNode): string | undefined {
  switch (node.kind) {
    case 'person': return pathOf('people', node.id);
    case 'account': return pathOf('accounts', node.id);
    case 'token':
    case 'external credential': return pathOf('tokens', node.id);
    default: return undefined;
  }
}

const short = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export function Graph({ of: graph }: { of: Data }) {
  const [at, setAt] = useState<string | undefined>();
  const lists = useMemo(() => ordered(graph), [graph]);
  const near = useMemo(() => (at === undefined ? undefined : connected(graph, at)), [graph, at]);
  const rows = Math.max(1, ...columns.map((name) => lists[name].length + (graph.left[name] > 0 ? 1 : 0)));
  const height = kTop + rows * kRow;
  const width = columns.length * kWidth + (columns.length - 1) * kGap;
  const places = new Map<string, { x: number; y: number }>();
  columns.forEach((name, column) => {
    const free = (rows - lists[name].length - (graph.left[name] > 0 ? 1 : 0)) / 2;
    lists[name].forEach((node, row) => places.set(node.key, { x: column * (kWidth + kGap), y: kTop + (row + free) * kRow }));
  });
  const dim = (...keys: string[]) => (near && !keys.every((key) => near.has(key)) ? ' dim' : '');
  return (
    <div className="graph" tabIndex={0} role="region" aria-label={t.graph}>
      <svg viewBox={`-1 0 ${width + 2} ${height}`} width={width + 2} height={height} role="group" aria-label={t.graphLabel} onPointerLeave={() => setAt(undefined)}>
        {columns.map((name, column) => <text key={name} className="graph-head" x={column * (kWidth + kGap)} y={14}>{t.columns[name]}</text>)}
        {graph.edges.map(({ from, to, past }) => {
          const left = places.get(from)!;
          const right = places.get(to)!;
          const [x1, y1, x2, y2] = [left.x + kWidth, left.y + kHeight / 2, right.x, right.y + kHeight / 2];
          const bend = Math.max(kGap / 2, (x2 - x1) / 2);
          return <path key={`${from} ${to}`} className={`graph-edge${past ? ' past' : ''}${dim(from, to)}${near?.has(from) && near.has(to) ? ' lit' : ''}`} d={`M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`} />;
        })}
        {graph.nodes.map((node) => {
          const { x, y } = places.get(node.key)!;
          const to = placeOf(node);
          const words = `${node.alarm ? '▲ ' : ''}${node.label}`;
          const body = (
            <>
              <title>{[node.label, node.more].filter(Boolean).join(', ')}</title>
              <rect x={x} y={y} width={kWidth} height={kHeight} rx={6} />
              <text x={x + 10} y={node.more ? y + 17 : y + 25}>{short(words, 20)}</text>
              {node.more && <text className="graph-more" x={x + 10} y={y + 32}>{short(node.more, 22)}</text>}
            </>
          );
          const props = { className: `graph-node${node.alarm ? ' alarm' : ''}${dim(node.key)}`, onPointerEnter: () => setAt(node.key), onFocus: () => setAt(node.key), onBlur: () => setAt(undefined) };
          return to ? <Link key={node.key} to={to} {...props}>{body}</Link> : <g key={node.key} {...props}>{body}</g>;
        })}
        {columns.map((name, column) => graph.left[name] > 0 && (
          <text key={name} className="graph-more" x={column * (kWidth + kGap) + 10} y={kTop + lists[name].length * kRow + (rows - lists[name].length - 1) / 2 * kRow + 24}>{t.left(graph.left[name])}</text>
        ))}
      </svg>
    </div>
  );
}
