// What the older interfaces' routes take, and how each writes an error, for older_bad_input.mjs. `schema` is what a body
// must be; names that it does not know are ignored, as those servers did. `text_of` is what an error says, in a form in
// which the wrong field can be looked for.
import { account } from './accounts.mjs';

const text = { type: 'string', pattern: '^[^\\u0000]*$' };
const code = { ...text, minLength: 1, maxLength: 51200 };
const name = { ...text, minLength: 1, maxLength: 200 };
const or_null = (schema) => ({ anyOf: [schema, { type: 'null' }] });
const stdin = or_null({ type: 'string', maxLength: 1048576 });

const error_text = (body) => body.error;
const detail_text = (body) => typeof body.detail === 'string' ? body.detail : JSON.stringify(body.detail);

/// An id that a route has just given out.
async function made(send, headers, path, body, member) {
  const answer = await send({ method: 'POST', path, headers, body });
  return answer.json()[member];
}

/// The number of an entry in the caller's history.
async function entry(send, headers) {
  await send({ method: 'POST', path: '/api/v1/code/execute', headers, body: routes['code-execute'].right });
  return (await send({ method: 'GET', path: '/api/v1/code/history', headers })).json()[0].id;
}

export const routes = {
  exec: {
    method: 'POST', path: '/v1/exec', text_of: error_text,
    right: { language: 'python3', code: 'print(1)', arguments: ['a'], environment: { LEVEL: '3' }, question_id: '' },
    schema: {
      type: 'object', required: ['language', 'code'],
      properties: {
        language: name, code: { ...text, maxLength: 51200 },
        arguments: or_null({ type: 'array', maxItems: 10000, items: text }),
        environment: or_null({ type: 'object', additionalProperties: text, propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' } }),
        question_id: or_null({ type: 'string', maxLength: 0 }),
      },
    },
  },
  submissions: { method: 'GET', path: '/v1/submissions/{id}', text_of: error_text, example: (send) => made(send, {}, '/v1/exec', routes.exec.right, 'submission_id') },
  questions: { method: 'GET', path: '/v1/questions/{id}', text_of: error_text, is_public: true, example: () => '11111111-1111-1111-1111-111111111111' },

  'code-execute': {
    method: 'POST', path: '/api/v1/code/execute', text_of: detail_text, headers: account,
    right: { code: 'print(1)', language: 'python', stdin: 'a', project_id: 1, save_history: true },
    schema: {
      type: 'object', required: ['language', 'code'],
      properties: {
        code: { ...text, maxLength: 51200 }, language: { type: 'string' }, stdin,
        project_id: or_null({ type: 'integer', minimum: -(2 ** 63), maximum: 2 ** 63 }), save_history: or_null({ type: 'boolean' }),
      },
    },
  },
  'code-history': {
    method: 'GET', path: '/api/v1/code/history', text_of: detail_text, headers: account,
    query: { limit: ['x', '', '0', '-1', '101', '1.5', '9223372036854775808', '%ff', '%00'], project_id: ['x', '', '1.5', '9223372036854775808'] },
  },
  'code-history-entry': {
    method: 'GET', path: '/api/v1/code/history/{id}', text_of: detail_text, headers: account, example: entry,
  },
  'code-history-delete': { method: 'DELETE', path: '/api/v1/code/history/{id}', text_of: detail_text, headers: account, example: entry },

  submit: {
    method: 'POST', path: '/api/submit', text_of: error_text,
    right: { code: 'print(1)', lang: 'python', stdInput: 'a' },
    schema: { type: 'object', required: ['code', 'lang'], properties: { code, lang: name, stdInput: stdin } },
  },
  result: {
    method: 'GET', path: '/api/result/{id}', text_of: error_text, query: { wait: ['x', '', '-1', '61', '1.5'] },
    example: (send) => made(send, {}, '/api/submit', routes.submit.right, 'codeSubmissionId'),
  },

  execute: {
    method: 'POST', path: '/execute', text_of: error_text,
    right: { language: 'python', code: 'print(1)', input: 'a' },
    schema: { type: 'object', required: ['language', 'code'], properties: { language: name, code, input: stdin } },
    // Its document says 500 for a language that is not known.
    may_be: (status, body) => status === 500 && /^Unsupported language: /.test(body.error),
  },
};
