// TypeScript types of the server's own OpenAPI document, for the subset that it emits (src/api/openapi.cpp): component schemas, and for
// each operation its method, path, query, body and answer. Anything else is an error, so that the types are never silently wrong.

function typeOf(schema, where) {
  if (schema.$ref) return `Schemas[${JSON.stringify(schema.$ref.split('/').at(-1))}]`;
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const names = Array.isArray(schema.type) ? schema.type : [schema.type];
  return names
    .map((name) => {
      switch (name) {
        case 'string': return 'string';
        case 'integer': return 'number';
        case 'boolean': return 'boolean';
        case 'null': return 'null';
        case 'array': return `Array<${typeOf(schema.items, where)}>`;
        case 'object': return schema.properties ? objectOf(schema, where) : 'Record<string, unknown>';
        default: throw new Error(`${where}: no type is known for ${JSON.stringify(schema)}`);
      }
    })
    .join(' | ');
}

function objectOf(schema, where) {
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    // What a record may lack may also be null in it: the document marks both as optional.
    const type = typeOf(member, `${where}.${name}`);
    const optional = !required.has(name);
    return `${JSON.stringify(name)}${optional ? '?' : ''}: ${type}${optional && member.$ref ? ' | null' : ''}`;
  });
  return `{ ${members.join('; ')} }`;
}

function operationOf(method, path, operation) {
  const where = operation.operationId;
  const parameters = (operation.parameters ?? []).filter((one) => one.in);
  const inPath = parameters.filter((one) => one.in === 'path').map((one) => `${one.name}: string`);
  const query = parameters
    .filter((one) => one.in === 'query')
    .map((one) => `${one.name}${one.required ? '' : '?'}: ${typeOf(one.schema, where)}`);
  const body = operation.requestBody?.content['application/json'].schema;
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
  const content = success?.content;
  const answer = content?.['application/json'] ? typeOf(content['application/json'].schema, where) : content ? 'string' : 'void';
  return `  ${where}: {
    at: { ${inPath.join('; ')} };
    query: { ${query.join('; ')} };
    body: ${body ? objectOf(body, where) : 'undefined'};
    answer: ${answer};
  };`;
}

export function makeTypes(document) {
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => `  ${name}: ${objectOf(schema, name)};`);
  const operations = [];
  const places = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operations.push(operationOf(method, path, operation));
      const roles = JSON.stringify(operation['x-gatehouse-roles']);
      places.push(`  ${operation.operationId}: [${JSON.stringify(method.toUpperCase())}, ${JSON.stringify(path)}, ${roles}],`);
    }
  }
  return `// Made of openapi.json by scripts/make_types.mjs; not edited by hand.
export interface Schemas {
${schemas.join('\n')}
}

export interface Operations {
${operations.join('\n')}
}

/** Method, path and the roles that each operation is open to. */
export const places = {
${places.join('\n')}
} as const satisfies Record<keyof Operations, readonly [string, string, readonly string[]]>;
`;
}
