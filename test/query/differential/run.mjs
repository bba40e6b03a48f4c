// Holds Gatehouse's JQL parser against Atlassian's own: both must take and refuse the same texts and read the same tree in them,
// and what Gatehouse confined must, read by Atlassian's parser, have the boundary at its root.
//
//   node run.mjs CORPUS      CORPUS is what jql_dump writes
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';

const require = createRequire(import.meta.url);
const { JQLLexer } = require('@atlaskit/jql-parser/JQLLexer');
const { JQLParser } = require('@atlaskit/jql-parser/JQLParser');
const { JastBuilder } = require('@atlaskit/jql-ast');
const { CharStreams, CommonTokenStream } = require('antlr4ts');

// Where Gatehouse refuses on purpose what Atlassian's parser takes, by the words of its error.
const STRICTER = [
  [/can't hold the character NUL/, 'NUL written as an escape: C programs behind the API would read a shorter text'],
  [/half of a surrogate pair/, 'half a surrogate pair as an escape: it has no UTF-8'],
  [/lie deeper in each other/, 'bounded depth'],
  [/is longer than/, 'bounded size'],
];

class Refused extends Error {}

function parse(text) {
  const listener = {
    syntaxError(recognizer, symbol, line, column, message) {
      throw new Refused(`${line}:${column} ${message}`);
    },
  };
  const lexer = new JQLLexer(CharStreams.fromString(text));
  lexer.removeErrorListeners();
  lexer.addErrorListener(listener);
  const parser = new JQLParser(new CommonTokenStream(lexer));
  parser.removeErrorListeners();
  parser.addErrorListener(listener);
  return parser.jqlQuery();
}

// Atlassian's tree in the form of jql_dump. Only the lexer's own kinds of text decide what a quote or a backslash means.

const ESCAPES = { t: '\t', n: '\n', r: '\r' };
const unescaped = (text) =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex, c) => (hex ? String.fromCharCode(parseInt(hex, 16)) : (ESCAPES[c] ?? c)));

const string = (node) => unescaped(node.STRING() ? node.text : node.text.slice(1, -1));
const word = (node) => (node.jqlString() ? ['text', string(node.jqlString())] : ['number', node.jqlNumber().text]);

function operand(node) {
  if (node.jqlEmpty?.()) return ['empty'];
  if (node.jqlList?.()) return ['list', node.jqlList().jqlOperand().map(operand)];
  if (node.jqlFunction?.()) {
    const call = node.jqlFunction();
    const args = call.jqlArgumentList()?.jqlArgument() ?? [];
    return ['call', word(call.jqlFunctionName())[1], args.map(word)];
  }
  if (node.jqlValue?.()) return word(node.jqlValue());
  return null;
}

function field(node) {
  if (node.jqlNumber) return ['number', node.jqlNumber().text, []];
  const properties = node
    .jqlFieldProperty()
    .map((each) => [word(each.jqlArgument()), each.jqlPropertyArgument().map((step) => word(step.jqlArgument()))]);
  if (node.jqlCustomField()) return ['cf', node.jqlCustomField().POSNUMBER().text, properties];
  return ['name', string(node.jqlString()), properties];
}

/** The texts of all tokens below `node`, so that `NOT  IN` is `not in`. */
function words(node) {
  if (!node.childCount) return [node.text.toLowerCase()];
  return Array.from({ length: node.childCount }, (_, i) => words(node.getChild(i))).flat();
}

function clause(node) {
  const right = node.jqlTerminalClauseRhs();
  const predicates = (right.jqlWasPredicate?.() ?? right.jqlChangedPredicate?.() ?? []).map((each) => [
    words(each.getChild(0)).join(' '),
    operand(each.jqlPredicateOperand().jqlOperand()),
  ]);
  return ['clause', field(node.jqlField()), words(right.getChild(0)).join(' '), operand(right), predicates];
}

function not(node) {
  if (node.jqlNotClause()) return ['not', not(node.jqlNotClause())];
  return node.jqlSubClause() ? or(node.jqlSubClause().jqlOrClause()) : clause(node.jqlTerminalClause());
}
const joined = (kind, parts) => (parts.length > 1 ? [kind, ...parts] : parts[0]);
const and = (node) => joined('and', node.jqlNotClause().map(not));
const or = (node) => joined('or', node.jqlAndClause().map(and));

function query(node) {
  const where = node.jqlWhere() ? or(node.jqlWhere().jqlOrClause()) : null;
  const orders = node.jqlOrderBy()?.jqlSearchSort() ?? [];
  return [where, orders.map((each) => [field(each.jqlField()), each.ASC() ? 'asc' : each.DESC() ? 'desc' : ''])];
}

/** What is wrong with the confined text, read by Atlassian's parser and by its syntax tree; null if nothing. */
function wrongConfined(text, tree) {
  const boundary = query(parse('(project in ("A", "IN") OR (project in ("C") AND level is EMPTY))'))[0];
  const [where, orders] = query(parse(text));
  const expected = tree[0] === null ? boundary : ['and', boundary, tree[0]];
  if (!isDeepStrictEqual(where, expected) || !isDeepStrictEqual(orders, tree[1])) return 'another tree than boundary AND query';
  const ast = new JastBuilder().build(text);
  if (ast.errors.length > 0) return `jql-ast: ${ast.errors[0].message}`;
  const root = ast.query.where;
  const operator = root.operator?.value;
  if (operator !== (tree[0] === null ? 'or' : 'and')) return `jql-ast: the root is ${operator}`;
  return null;
}

const failures = [];
const fail = (text, why) => failures.push(`${JSON.stringify(text)}\n    ${why}`);
const stricter = new Map(STRICTER.map(([, reason]) => [reason, 0]));
let taken = 0;
let refused = 0;

function compare({ text, tree, printed, confined, error }) {
  let theirs;
  try {
    theirs = query(parse(text));
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    if (tree) fail(text, `taken here, refused by Atlassian's parser: ${problem.message}`);
    refused += 1;
    return;
  }
  if (error) {
    const known = STRICTER.find(([pattern]) => pattern.test(error));
    if (known) stricter.set(known[1], stricter.get(known[1]) + 1);
    else fail(text, `taken by Atlassian's parser, refused here: ${error}`);
    return;
  }
  taken += 1;
  if (!isDeepStrictEqual(tree, theirs)) fail(text, `read differently: ${JSON.stringify(tree)}\n    Atlassian's: ${JSON.stringify(theirs)}`);
  try {
    if (!isDeepStrictEqual(query(parse(printed)), tree)) fail(text, `printed so that Atlassian's parser reads something else: ${printed}`);
    const wrong = wrongConfined(confined, tree);
    if (wrong) fail(text, `confined to ${confined}: ${wrong}`);
  } catch (problem) {
    fail(text, `printed or confined, and refused then by Atlassian's parser: ${problem.message}`);
  }
}

for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (line) compare(JSON.parse(line));
}
for (const failure of failures.slice(0, 20)) console.log(failure);
console.log(`${taken} texts taken and ${refused} refused by both, ${failures.length} differences`);
for (const [reason, count] of stricter) console.log(`${count} refused here only: ${reason}`);
process.exit(failures.length > 0 || taken < 100 || refused < 100 ? 1 : 0);
