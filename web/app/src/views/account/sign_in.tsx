import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { ApiError } from '../../api/errors';
import { token } from '../../api/session';
import type { Token } from '../../api/types';
import { Field } from '../../components/field';
import { Failed } from '../../components/states';
import { field_error, is_all_shown } from './fields';

/// Gets a token for a name and a password, and keeps it.
export async function sign_in(username: string, password: string): Promise<void> {
  const answer = await api.post<Token>('auth/token', { username, password }, { expect_401: true });
  token.set(answer.access_token);
}

export function SignInForm() {
  const [username, set_username] = useState('');
  const [password, set_password] = useState('');
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<unknown>(null);
  const send = async () => {
    set_busy(true);
    set_error(null);
    try {
      await sign_in(username, password);
    } catch (reason) {
      set_error(reason);
    }
    set_busy(false);
  };
  const refused = error instanceof ApiError && error.status === 401;
  return (
    <form class="stack card account-form" aria-label="Sign in" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <h2>Sign in</h2>
      <Field label="User name" error={field_error(error, 'username')}>{(control) => (
        <input {...control} autocomplete="username" autocapitalize="none" value={username} onInput={(event) => set_username(event.currentTarget.value)} />
      )}</Field>
      <Field label="Password" error={field_error(error, 'password')}>{(control) => (
        <input {...control} type="password" autocomplete="current-password" value={password} onInput={(event) => set_password(event.currentTarget.value)} />
      )}</Field>
      {refused && <p class="field-error" role="alert">The user name or the password is wrong.</p>}
      {error !== null && !refused && !is_all_shown(error, ['username', 'password']) && <Failed what="You are not signed in." error={error} />}
      <div><button type="submit" class="primary" disabled={busy}>Sign in</button></div>
    </form>
  );
}
