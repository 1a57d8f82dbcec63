import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Diagnostic } from '../lib/diagnostics';
import { is_heavy } from '../lib/heavy_text';
import { read_stored, write_stored } from '../lib/storage';
import { Store, use_store } from '../lib/store';
import { theme } from '../lib/theme';
import { HeavyText } from './heavy_text';
import type { MonacoEditor } from '../editor/monaco_editor';
import '../styles/editor.css';

/// The visitor wants a plain text field: on a phone, or with a reader of the screen.
export const plain_editor = new Store<boolean>(read_stored('plain_editor') === 'yes');
plain_editor.subscribe((plain) => write_stored('plain_editor', plain ? 'yes' : null));

export interface CodeEditorProps {
  /// What it is called aloud.
  label: string;
  /// Id of a language.
  language: string;
  /// The name of the file that is shown, and of all that may be: each keeps its undo steps and cursor.
  path: string;
  paths?: readonly string[];
  value: string;
  on_change(path: string, value: string): void;
  diagnostics?: readonly Diagnostic[];
  /// Another object brings the cursor there.
  reveal?: { line: number; column: number | null } | null;
  /// Ctrl+Enter.
  on_run?(): void;
  /// Escape: the caller moves the focus on, since Tab writes a tab here.
  on_escape?(): void;
}

/// A text field at once; the editor takes its place when it is there. Where it cannot be loaded, the field stays.
export function CodeEditor(props: CodeEditorProps) {
  const { label, language, path, value, paths = [path], diagnostics = [], reveal = null } = props;
  const plain = use_store(plain_editor);
  const colours = use_store(theme);
  const place = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<MonacoEditor | null>(null);
  const [ready, set_ready] = useState(false);
  const heavy = useMemo(() => !ready && is_heavy(value), [ready, value]);
  const [failed, set_failed] = useState(false);
  const had_focus = useRef(false);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (plain) return;
    let wanted = true;
    set_failed(false);
    import('../editor/monaco_editor').then(({ MonacoEditor }) => {
      if (!wanted || !place.current) return;
      editor.current = new MonacoEditor(place.current, latest.current.label, theme.value, {
        on_change: (name, text) => latest.current.on_change(name, text),
        on_run: () => latest.current.on_run?.(),
        on_escape: () => latest.current.on_escape?.(),
      });
      had_focus.current = document.activeElement === field.current;
      set_ready(true);
    }, () => { if (wanted) set_failed(true); });
    return () => {
      wanted = false;
      editor.current?.dispose();
      editor.current = null;
      set_ready(false);
    };
  }, [plain]);

  // Before the next key: what the editor gets is never older than what it holds.
  useLayoutEffect(() => {
    if (!ready) return;
    editor.current?.show({ path, value, language }, paths);
  });
  useEffect(() => editor.current?.mark(diagnostics), [ready, diagnostics, path]);
  useEffect(() => editor.current?.set_theme(colours), [ready, colours]);
  useEffect(() => {
    if (!reveal) return;
    if (editor.current) editor.current.reveal(reveal.line, reveal.column ?? 1);
    else if (field.current) select_line(field.current, reveal.line);
  }, [reveal]);
  // Who writes in the field already goes on in the editor.
  useEffect(() => {
    if (ready && had_focus.current) editor.current?.focus();
  }, [ready]);

  return (
    <div class="code-editor">
      <div ref={place} class="code-editor-place" hidden={!ready} />
      {!ready && heavy && <HeavyText text={value} on_empty={() => props.on_change(path, '')} />}
      {!ready && !heavy && (
        <textarea
          ref={field} class="code-editor-field" aria-label={label} value={value} spellcheck={false} wrap="off"
          autocapitalize="off" autocomplete="off"
          onInput={(event) => props.on_change(path, event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            props.on_run?.();
          }}
        />
      )}
      {failed && !plain && <p class="muted">The editor could not be loaded; this plain field works as well.</p>}
    </div>
  );
}

function select_line(field: HTMLTextAreaElement, line: number): void {
  const before = field.value.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  const end = field.value.indexOf('\n', before);
  field.focus();
  field.setSelectionRange(before, end < 0 ? field.value.length : end);
}
