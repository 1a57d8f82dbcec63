// What exercises each operation, by its operationId. Beside the walk itself, where they are needed:
//   example_path(api)      {placeholder: value} of something that is there, and is the caller's
//   example_headers(api)   the caller's credentials
//   example_query          query parameters that must be there
//   example_options(api)   {from, change(body)}: what to change in the file's examples before they are sent
//   elsewhere              statuses that this stack cannot give, each with its reason where it is set
//   fields_shown_elsewhere, also_takes_forms, ignores_query, refusal_inside: see bad_input.mjs
import accounts from './walk/accounts.mjs';
import executions from './walk/executions.mjs';
import problems from './walk/problems.mjs';
import service from './walk/service.mjs';
import sessions from './walk/sessions.mjs';

export const scenarios = { ...accounts, ...executions, ...problems, ...service, ...sessions };
