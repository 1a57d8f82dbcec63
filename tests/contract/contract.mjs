// Holds each answer of the server against openapi.yaml.
import assert from 'node:assert/strict';
import { send } from './client.mjs';
import { Schemas, load_description, operations_of } from './description.mjs';

export class Contract {
  constructor() {
    this.description = load_description();
    this.operations = new Map(operations_of(this.description).map((one) => [one.id, one]));
    this.schemas = new Schemas(this.description);
    /// operation id -> statuses that were answered
    this.seen = new Map();
  }

  operation(id) {
    const found = this.operations.get(id);
    assert.ok(found, `openapi.yaml has no operation ${id}`);
    return found;
  }

  /// The path of an operation with its {placeholders} filled in as they are given, and its query.
  path_of(operation, path = {}, query = {}) {
    const filled = operation.path.replace(/\{(\w+)\}/g, (_, name) => {
      assert.ok(name in path, `${operation.id} needs a value for ${name}`);
      return path[name];
    });
    const text = typeof query === 'string' ? query : new URLSearchParams(query).toString();
    return `${this.description.servers[0].url}${filled}${text ? `?${text}` : ''}`;
  }

  /// Sends a request of an operation and checks all of the answer; `expected` is its status, where the test knows it.
  /// `form`: the body is one, so that the JSON schema does not speak of it.
  async call(id, { path, query, headers, body, from, expected, form = false } = {}) {
    const operation = this.operation(id);
    const request = { method: operation.method, path: this.path_of(operation, path, query), headers, body, from };
    const answer = await send(request);
    const said = `${request.method} ${request.path} -> ${answer.status} ${answer.body.slice(0, 600)}`;
    const mistakes = this.mistakes_of(operation, answer);
    if (answer.status < 300 && !form) mistakes.push(...this.mistakes_of_request(operation, query, body));
    assert.deepEqual(mistakes, [], said);
    if (expected !== undefined) assert.equal(answer.status, expected, said);
    if (!this.seen.has(id)) this.seen.set(id, new Set());
    this.seen.get(id).add(answer.status);
    return answer;
  }

  /// What an answer has that the description does not say, or lacks.
  mistakes_of(operation, answer) {
    const response = operation.responses[answer.status];
    if (!response) return [`status ${answer.status} is not described for ${operation.id}`];
    const mistakes = [];
    for (const [name, header] of Object.entries(response.headers)) {
      const value = answer.headers[name.toLowerCase()];
      if (value === undefined) {
        if (header.required) mistakes.push(`the header ${name} is missing`);
        continue;
      }
      const typed = header.schema.type === 'integer' && /^-?\d+$/.test(value) ? Number(value) : value;
      mistakes.push(...this.schemas.errors(header.schema, typed).map((error) => `header ${name}: ${error}`));
    }
    const content = Object.entries(response.content ?? {});
    if (content.length === 0) {
      if (answer.body) mistakes.push('it has a body, and none is described');
      return mistakes;
    }
    const type = answer.headers['content-type'];
    const described = content.find(([name]) => name === type);
    if (!described) return [...mistakes, `the Content-Type ${type} is not described`];
    let value = answer.body;
    try {
      if (/json$/.test(type)) value = JSON.parse(answer.body);
    } catch (error) {
      return [...mistakes, `the body is not JSON: ${error.message}`];
    }
    return [...mistakes, ...this.schemas.errors(described[1].schema, value)];
  }

  /// What a request has that the description forbids, although the server took it.
  mistakes_of_request(operation, query = {}, body = undefined) {
    const mistakes = [];
    for (const [name, text] of Object.entries(query)) {
      const parameter = operation.parameters.find((one) => one.in === 'query' && one.name === name);
      if (!parameter) {
        mistakes.push(`the query parameter ${name} was taken and is not described`);
        continue;
      }
      mistakes.push(...this.schemas.errors(parameter.schema, query_value(this.description, parameter, String(text)))
        .map((error) => `the query parameter ${name} was taken: ${error}`));
    }
    if (body === undefined) return mistakes;
    const media = operation.body?.content['application/json'];
    if (!media) return [...mistakes, 'a body was taken, and none is described'];
    const value = Buffer.isBuffer(body) || typeof body === 'string' ? JSON.parse(body) : body;
    return [...mistakes, ...this.schemas.errors(media.schema, value).map((error) => `the body was taken: ${error}`)];
  }
}

/// A query parameter's text as the value that its schema is about.
export function query_value(description, parameter, text) {
  const types = [parameter.schema.type].flat();
  return types.includes('integer') && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
