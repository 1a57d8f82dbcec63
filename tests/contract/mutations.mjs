// Makes wrong inputs out of right ones, by the schemas alone. Nothing here knows a route.

// A value of each JSON type, numbers in both kinds.
const of_each_type = [null, true, 7, 1.5, 'text', [], {}];
const numbers = [0, -1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e300];
const texts = ['', 'none such', '\u0001', 'x'.repeat(201)];

/// Stands in a value for bytes that JSON.stringify would not write; see with_bytes.
const hole = '@@BYTES@@';

/// A request body with one thing wrong: {name, body: Buffer, field, status?}: the field that the answer must name,
/// undefined when there is none to name; the status where only one is right.
function wrong(name, field, value, bytes = undefined, status = undefined) {
  const text = Buffer.from(JSON.stringify(value));
  if (bytes === undefined) return { name, body: text, field, status };
  const at = text.indexOf(hole);
  return { name, body: Buffer.concat([text.subarray(0, at), bytes, text.subarray(at + hole.length)]), field, status };
}

/// Every place of a value: {path: ["files", 0, "name"], field: "files[0].name", value}.
export function places(value, path = [], field = '') {
  const found = path.length > 0 ? [{ path, field, value }] : [];
  if (Array.isArray(value)) {
    value.forEach((item, index) => found.push(...places(item, [...path, index], `${field}[${index}]`)));
  } else if (value && typeof value === 'object') {
    for (const [name, member] of Object.entries(value)) {
      found.push(...places(member, [...path, name], field ? `${field}.${name}` : name));
    }
  }
  return found;
}

function replaced(value, path, change) {
  if (path.length === 0) return change(value);
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[path[0]] = replaced(copy[path[0]], path.slice(1), change);
  return copy;
}

function without(value, path) {
  return replaced(value, path.slice(0, -1), (parent) => {
    const copy = { ...parent };
    delete copy[path.at(-1)];
    return copy;
  });
}

const show = (value) => {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 30)}... (${text.length})` : text;
};

/// Values just outside of what stands in a schema, which may have all of its rules in one place or by $ref.
function beyond(schema) {
  const found = [];
  if (schema.maxLength !== undefined) found.push('x'.repeat(schema.maxLength + 1));
  if (schema.minimum !== undefined) found.push(schema.minimum - 1);
  if (schema.maximum !== undefined) found.push(schema.maximum + 1);
  if (schema.exclusiveMinimum !== undefined) found.push(schema.exclusiveMinimum);
  if (schema.minItems > 0) found.push([]);
  return found;
}

/// Wrong bodies from a right one. `is_wrong(body)` says what the description forbids; `schemas_at(path)` are the schemas
/// of that place.
export function wrong_bodies(right, is_wrong, schemas_at) {
  const found = [];
  const add = (name, field, body) => { if (is_wrong(body)) found.push(wrong(name, field, body)); };
  const objects = [{ path: [], field: '', value: right }, ...places(right)]
    .filter(({ value }) => value && typeof value === 'object' && !Array.isArray(value));

  for (const { path, field, value } of places(right)) {
    const schemas = schemas_at(path);
    for (const other of [...of_each_type, ...numbers, ...texts, ...schemas.flatMap(beyond)]) {
      add(`${field} = ${show(other)}`, field, replaced(right, path, () => other));
    }
    if (Array.isArray(value) && value.length > 0) {
      for (const { maxItems, uniqueItems } of schemas) {
        if (maxItems) add(`${field} with ${maxItems + 1} elements`, field, replaced(right, path, () => Array(maxItems + 1).fill(value[0])));
        if (uniqueItems) add(`${field} with one twice`, `${field}[${value.length}]`, replaced(right, path, (all) => [...all, all[0]]));
      }
    }
    if (typeof path.at(-1) === 'string') add(`without ${field}`, field, without(right, path));
    if (typeof value === 'number') {
      for (const text of ['1e309', '-1e309', '9223372036854775808', '9'.repeat(400)]) {
        found.push(wrong(`${field} = ${text.slice(0, 20)}`, field, replaced(right, path, () => hole), undefined));
        found.at(-1).body = Buffer.from(found.at(-1).body.toString().replace(`"${hole}"`, text));
      }
    }
    if (typeof value === 'string') {
      const bytes = { 'the byte FF': [0xff], 'a surrogate as bytes': [0xed, 0xa0, 0x80], 'an overlong slash': [0xc0, 0xaf], 'a cut character': [0xe2, 0x82] };
      for (const [name, some] of Object.entries(bytes)) {
        found.push(wrong(`${field} with ${name}`, field, replaced(right, path, () => `a${hole}b`), Buffer.from(some), 400));
      }
      for (const escape of ['\\ud800', '\\udc00\\ud800']) {
        found.push(wrong(`${field} with ${escape}`, field, replaced(right, path, () => `a${hole}b`), Buffer.from(escape), 400));
      }
      if (is_wrong(replaced(right, path, () => `${value}\0`))) {
        found.push(wrong(`${field} with a NUL`, field, replaced(right, path, () => `${value}${hole}`), Buffer.from('\\u0000')));
      }
    }
  }

  for (const { path, field } of objects) {
    for (const name of ['no_such_field', '', '__proto__', 'x'.repeat(1000)]) {
      const body = replaced(right, path, (object) => Object.assign(Object.create(null), object, { [name]: 1 }));
      if (!is_wrong(JSON.parse(JSON.stringify(body)))) continue;
      const named = name.length > 60 ? `${name.slice(0, 60)}...` : name || '""';
      found.push(wrong(`${field || 'the body'} with the unknown field ${show(name)}`, `${field ? `${field}.` : ''}${named}`, body));
    }
    const unknown = replaced(right, path, (object) => ({ ...object, [hole]: 1 }));
    found.push(wrong(`${field || 'the body'} with a name that is not UTF-8`, undefined, unknown, Buffer.from([0xff]), 400));
    const first = Object.keys(path.reduce((at, step) => at[step], right))[0];
    if (first === undefined) continue;
    const twice = wrong(`${field || 'the body'} with ${first} twice`, undefined, replaced(right, path, (object) => ({ ...object, [hole]: 1 })), Buffer.from(first), 400);
    found.push(twice);
  }
  return found;
}

/// Texts that are no JSON object at all.
export function wrong_texts(right) {
  const text = JSON.stringify(right);
  const deep = '{"a":'.repeat(33) + '1' + '}'.repeat(33);
  return [
    ...[null, true, 7, 1.5, 'text', []].map((value) => ({ name: `the body ${show(value)}`, body: Buffer.from(JSON.stringify(value)), field: 'body', status: 422 })),
    ...['', '{', text.slice(0, -1), `${text}x`, `${text}${text}`, "{'a':1}", '{a:1}', 'NaN', '{"a":01}', '{"a":1,}', '{"a":"\n"}', '{"a":"\\x"}', deep, '['.repeat(100000)]
      .map((body) => ({ name: `the text ${show(body)}`, body: Buffer.from(body), field: undefined, status: 400 })),
    { name: 'UTF-16', body: Buffer.from(text, 'utf16le'), field: undefined, status: 400 },
  ];
}

/// Wrong queries: {name, query, field}. `right` holds one value for each parameter that must be there.
export function wrong_queries(parameters, is_wrong, right = {}) {
  const found = [];
  const add = (name, query, field) => found.push({ name, query: new URLSearchParams(right).toString() + (Object.keys(right).length ? '&' : '') + query, field });
  for (const { name, schema, example } of parameters) {
    const others = [...numbers, ...texts, 'a\u0000', '1.5', '1e2', ' 1', '+1', '0x1', '9223372036854775808', '2026-02-30T00:00:00Z', '2026-01-31', 'YESTERDAY', ...beyond(schema)];
    for (const other of others) {
      if (is_wrong(name, String(other))) add(`${name}=${show(other)}`, `${name}=${encodeURIComponent(other)}`, String(other).includes('\0') ? ['query', name] : [name]);
    }
    for (const bytes of ['%ff', '%c0%af', '%ed%a0%80', '%00', '%zz', '%']) add(`${name}=${bytes}`, `${name}=${bytes}`, ['query', name]);
    const value = encodeURIComponent(example);
    add(`${name} twice`, `${name}=${value}&${name}=${value}`, [name]);
  }
  add('an unknown parameter', 'no_such_parameter=1', ['no_such_parameter']);
  add('an unknown parameter without a value', 'no_such_parameter', ['no_such_parameter']);
  add('a name that is not UTF-8', '%ff=1', ['query']);
  return found;
}
