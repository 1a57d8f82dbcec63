import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { ApiKey, NewApiKey, Scope } from '../../api/types';
import { use_loaded } from '../../api/use_loaded';
import { ConfirmDialog } from '../../components/confirm_dialog';
import { CopyButton } from '../../components/copy_button';
import { Field } from '../../components/field';
import { Empty, Failed, Loading, Notice } from '../../components/states';
import { format_time } from '../../lib/figures';
import { field_error } from './fields';

const kScopes: Record<Scope, string> = {
  read: 'see executions, problems and figures',
  submit: 'run, cancel and delete',
  author: 'write problems',
  account: 'manage keys',
  priority: 'run before everybody else',
};

/// The key itself, this once.
function Made({ made, on_close }: { made: NewApiKey; on_close: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div ref={place} tabIndex={-1} aria-label="The new key">
      <Notice kind="ok" on_close={on_close}>
        <p>The key “{made.name}” is made. It is shown this once: keep it now.</p>
        <p><code class="key">{made.key}</code></p>
        <CopyButton text={made.key} label="Copy the key" />
      </Notice>
    </div>
  );
}

function NewKeyForm({ scopes, on_made }: { scopes: readonly Scope[]; on_made: (key: NewApiKey) => void }) {
  const [name, set_name] = useState('');
  const [chosen, set_chosen] = useState<Scope[]>(() => scopes.filter((one) => one === 'read' || one === 'submit'));
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<unknown>(null);
  const make = async () => {
    set_busy(true);
    set_error(null);
    try {
      on_made(await api.post<NewApiKey>('auth/keys', { name, scopes: chosen }));
      set_name('');
    } catch (reason) {
      set_error(reason);
    }
    set_busy(false);
  };
  const toggle = (scope: Scope, wanted: boolean) =>
    set_chosen((now) => scopes.filter((one) => (one === scope ? wanted : now.includes(one))));
  const of_scopes = field_error(error, 'scopes');
  return (
    <form class="stack" aria-label="New key" onSubmit={(event) => { event.preventDefault(); void make(); }}>
      <Field label="Name of the new key" error={field_error(error, 'name')}>{(control) => (
        <input {...control} value={name} onInput={(event) => set_name(event.currentTarget.value)} />
      )}</Field>
      <fieldset>
        <legend>It may</legend>
        {scopes.map((scope) => (
          <label key={scope} class="row">
            <input type="checkbox" checked={chosen.includes(scope)} onChange={(event) => toggle(scope, event.currentTarget.checked)} />
            <span><strong>{scope}</strong>: {kScopes[scope]}</span>
          </label>
        ))}
        {of_scopes !== undefined && <p class="field-error">{of_scopes}</p>}
      </fieldset>
      {error !== null && !(error instanceof ApiError && error.fields.length > 0) && <Failed what="The key is not made." error={error} />}
      <div><button type="submit" class="primary" disabled={busy}>Make a key</button></div>
    </form>
  );
}

function KeyTable({ keys, on_delete }: { keys: ApiKey[]; on_delete: (key: ApiKey) => void }) {
  return (
    <table class="cards-on-phones">
      <caption class="hidden">API keys</caption>
      <thead><tr><th scope="col">Name</th><th scope="col">May</th><th scope="col">Made</th><th scope="col">Last used</th><th scope="col"><span class="hidden">Action</span></th></tr></thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <td>{key.name}</td>
            <td data-label="May">{key.scopes.join(', ')}</td>
            <td data-label="Made">{format_time(key.created_at)}</td>
            <td data-label="Last used">{key.last_used_at === null ? 'never' : format_time(key.last_used_at)}</td>
            <td><button type="button" class="danger" aria-label={`Delete the key ${key.name}`} onClick={() => on_delete(key)}>Delete</button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Keys({ scopes }: { scopes: readonly Scope[] }) {
  const [loaded, again] = use_loaded((signal) => api.get<{ keys: ApiKey[] }>('auth/keys', { signal }), []);
  const [made, set_made] = useState<NewApiKey | null>(null);
  const [deleting, set_deleting] = useState<ApiKey | null>(null);
  return (
    <section>
      <h2>API keys</h2>
      <p class="muted">For programs that use the <a href="docs/">HTTP interface</a> in your name.</p>
      {made !== null && <Made key={made.id} made={made} on_close={() => set_made(null)} />}
      {loaded.state === 'loading' && <Loading what="the keys" />}
      {loaded.state === 'failed' && <Failed what="The keys could not be loaded." error={loaded.error} retry={again} />}
      {loaded.state === 'ready' && (loaded.value.keys.length === 0
        ? <Empty title="You have no keys." />
        : <KeyTable keys={loaded.value.keys} on_delete={set_deleting} />)}
      <NewKeyForm scopes={scopes.filter((one) => one !== 'priority') /* the operator's to give */} on_made={(key) => { set_made(key); again(); }} />
      {deleting !== null && (
        <ConfirmDialog title={`Delete the key “${deleting.name}”?`} action="Delete" on_close={() => set_deleting(null)}
          on_confirm={async () => {
            await api.delete(`auth/keys/${encodeURIComponent(deleting.id)}`);
            if (made?.id === deleting.id) set_made(null);
            again();
          }}>
          <p>Programs that use it are refused from now on.</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
