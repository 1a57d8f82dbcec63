import { ApiError } from '../../api/errors';

/// What is wrong with a field of a form, when that is what was thrown. Pure.
export function field_error(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = error.fields.filter((one) => one.field === field || one.field.startsWith(`${field}[`)).map((one) => one.message);
  return found.length === 0 ? undefined : found.join('\n');
}

/// Whether the form shows all of an error at its fields.
export function is_all_shown(error: unknown, fields: readonly string[]): boolean {
  return error instanceof ApiError && error.fields.length > 0 && error.fields.every((one) => fields.includes(one.field));
}
