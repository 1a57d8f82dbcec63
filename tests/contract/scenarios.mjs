// What exercises each operation, by its operationId.
import executions from './walk/executions.mjs';
import service from './walk/service.mjs';

export const scenarios = { ...executions, ...service };
