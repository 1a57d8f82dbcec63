import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { Field } from '../../components/field';
import { Failed } from '../../components/states';
import { field_error, is_all_shown } from './fields';
import { sign_in } from './sign_in';

const kFields = ['email', 'username', 'password', 'full_name'] as const;
type Values = Record<(typeof kFields)[number], string>;

export function RegisterForm() {
  const [values, set_values] = useState<Values>({ email: '', username: '', password: '', full_name: '' });
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<unknown>(null);
  const change = (name: keyof Values) => (event: { currentTarget: HTMLInputElement }) => {
    const { value } = event.currentTarget;
    set_values((now) => ({ ...now, [name]: value }));
  };
  const send = async () => {
    set_busy(true);
    set_error(null);
    try {
      await api.post('auth/register', values);
      await sign_in(values.username, values.password);
    } catch (reason) {
      set_error(reason);
    }
    set_busy(false);
  };
  return (
    <form class="stack card account-form" aria-label="Make an account" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <h2>Make an account</h2>
      <Field label="User name" error={field_error(error, 'username')}>{(control) => (
        <input {...control} autocomplete="username" autocapitalize="none" value={values.username} onInput={change('username')} />
      )}</Field>
      <Field label="E-mail address" error={field_error(error, 'email')}>{(control) => (
        <input {...control} type="text" inputMode="email" autocomplete="email" value={values.email} onInput={change('email')} />
      )}</Field>
      <Field label="Full name" hint="May be left empty." error={field_error(error, 'full_name')}>{(control) => (
        <input {...control} autocomplete="name" value={values.full_name} onInput={change('full_name')} />
      )}</Field>
      <Field label="Password" hint="At least 8 characters." error={field_error(error, 'password')}>{(control) => (
        <input {...control} type="password" autocomplete="new-password" value={values.password} onInput={change('password')} />
      )}</Field>
      {error !== null && !is_all_shown(error, kFields) && <Failed what="There is no account yet." error={error} />}
      <div><button type="submit" class="primary" disabled={busy}>Make an account</button></div>
    </form>
  );
}
