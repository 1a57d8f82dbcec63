import { useEffect, useState } from 'preact/hooks';
import { api } from '../api/client';
import { ApiError } from '../api/errors';
import { sign_in_notice, token } from '../api/session';
import type { Me } from '../api/types';
import { use_loaded } from '../api/use_loaded';
import { Failed, Loading, Notice } from '../components/states';
import { format_time } from '../lib/figures';
import { use_store } from '../lib/store';
import { Keys } from './account/keys';
import { RegisterForm } from './account/register';
import { SignInForm } from './account/sign_in';
import { sign_out } from './account/sign_out';
import './account/account.css';
import './views.css';

/// Why one was sent here; gone with the view.
function Why() {
  const [why] = useState(() => sign_in_notice.value);
  useEffect(() => sign_in_notice.set(null), []);
  return why === null ? null : <Notice kind="warning">{why}</Notice>;
}

function SignedOut() {
  return (
    <>
      <h1>Sign in</h1>
      <Why />
      <p class="muted">What you run while you are signed in is yours on every machine; until then it belongs to your network address.</p>
      <div class="account-forms">
        <SignInForm />
        <RegisterForm />
      </div>
    </>
  );
}

function SignedIn() {
  const [me, again] = use_loaded((signal) => api.get<Me>('auth/me', { signal }), []);
  // A key without the scope "account" may do other things.
  const not_allowed = me.error instanceof ApiError && me.error.status === 403;
  return (
    <>
      <div class="view-head">
        <h1>Account</h1>
        <button type="button" onClick={sign_out}>Sign out</button>
      </div>
      {me.state === 'loading' && <Loading what="your account" />}
      {me.state === 'failed' && (
        <Failed what={not_allowed ? 'These credentials may not manage the account.' : 'Your account could not be loaded.'} error={me.error} retry={again} />
      )}
      {me.state === 'ready' && (
        <>
          <dl class="facts">
            <div><dt>User name</dt><dd>{me.value.username}</dd></div>
            {me.value.full_name !== null && me.value.full_name !== '' && <div><dt>Name</dt><dd>{me.value.full_name}</dd></div>}
            {me.value.email !== null && <div><dt>E-mail address</dt><dd>{me.value.email}</dd></div>}
            {me.value.created_at !== null && <div><dt>Since</dt><dd>{format_time(me.value.created_at)}</dd></div>}
          </dl>
          <Keys scopes={me.value.scopes} />
        </>
      )}
    </>
  );
}

export default function AccountView() {
  const known = use_store(token);
  return known === null ? <SignedOut /> : <SignedIn key={known} />;
}
