import { grammar_of } from '../lib/editor_language';
import type { Diagnostic } from '../lib/diagnostics';
import type { Theme } from '../lib/theme';
import { Exchange } from './exchange';
import { monaco } from './monaco';

export interface EditorFile {
  /// Its name: each has undo steps, a cursor and a place of its own.
  path: string;
  value: string;
  language: string;
}

export interface EditorEvents {
  on_change(path: string, value: string): void;
  on_run(): void;
  on_escape(): void;
}

const kSeverities = {
  error: monaco.MarkerSeverity.Error, warning: monaco.MarkerSeverity.Warning, info: monaco.MarkerSeverity.Info,
};

/// While one of these is open, Escape closes it.
const kEscapeIsTaken = ['suggestWidgetVisible', 'findWidgetVisible', 'parameterHintsVisible', 'inSnippetMode', 'renameInputVisible',
  'markersNavigationVisible', 'editorHasMultipleSelections', 'editorHoverVisible', 'accessibilityHelpWidgetVisible'];

interface OpenFile {
  model: monaco.editor.ITextModel;
  place: monaco.editor.ICodeEditorViewState | null;
  exchange: Exchange;
}

/// One editor over several files.
export class MonacoEditor {
  private readonly editor: monaco.editor.IStandaloneCodeEditor;
  private readonly models = new Map<string, OpenFile>();
  private shown: string | null = null;
  private changing = false;

  constructor(element: HTMLElement, label: string, theme: Theme, events: EditorEvents) {
    this.editor = monaco.editor.create(element, {
      model: null,
      ariaLabel: `${label}. Escape leaves the editor.`,
      automaticLayout: true,
      fixedOverflowWidgets: true,
      fontSize: 14,
      // Nothing in a program leads out of the page.
      links: false,
      minimap: { enabled: false },
      padding: { top: 8 },
      scrollBeyondLastLine: false,
      // The rest of a longer line is unfolded on a click: forty of them whose direction changes all the time take seconds.
      stopRenderingLineAfter: 2500,
      tabSize: 4,
      theme: theme_name(theme),
      wordBasedSuggestions: 'allDocuments',
    });
    this.editor.onDidChangeModelContent(() => {
      if (this.changing || this.shown === null) return;
      const value = this.editor.getValue();
      this.models.get(this.shown)?.exchange.tell(value);
      events.on_change(this.shown, value);
    });
    this.editor.addAction({
      id: 'runyard.run', label: 'Run the program', run: () => events.on_run(),
      keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter],
    });
    this.editor.addAction({
      id: 'runyard.leave', label: 'Leave the editor', run: () => events.on_escape(),
      keybindings: [monaco.KeyCode.Escape],
      keybindingContext: kEscapeIsTaken.map((one) => `!${one}`).join(' && '),
    });
  }

  /// Shows a file, as it is now, and forgets those that are no more.
  show(file: EditorFile, paths: readonly string[]): void {
    for (const [path, entry] of this.models) {
      if (paths.includes(path)) continue;
      if (this.shown === path) this.shown = null;
      entry.model.dispose();
      this.models.delete(path);
    }
    const grammar = grammar_of(file.language, file.path);
    let entry = this.models.get(file.path);
    if (!entry) {
      entry = { model: monaco.editor.createModel(file.value, grammar), place: null, exchange: new Exchange(file.value) };
      entry.model.setEOL(monaco.editor.EndOfLineSequence.LF);
      this.models.set(file.path, entry);
    }
    if (entry.model.getLanguageId() !== grammar) monaco.editor.setModelLanguage(entry.model, grammar);
    this.changing = true;
    if (entry.exchange.is_new(file.value)) entry.model.setValue(file.value);
    if (this.shown !== file.path) {
      const before = this.shown === null ? undefined : this.models.get(this.shown);
      if (before) before.place = this.editor.saveViewState();
      this.editor.setModel(entry.model);
      if (entry.place) this.editor.restoreViewState(entry.place);
      this.shown = file.path;
    }
    this.changing = false;
  }

  mark(diagnostics: readonly Diagnostic[]): void {
    for (const [path, { model }] of this.models) {
      const own = diagnostics.filter((one) => one.file === path && one.line <= model.getLineCount());
      monaco.editor.setModelMarkers(model, 'runyard', own.map((one) => marker(model, one)));
    }
  }

  reveal(line: number, column: number): void {
    this.editor.setPosition({ lineNumber: line, column });
    this.editor.revealLineInCenterIfOutsideViewport(line);
    this.editor.focus();
  }

  focus(): void {
    this.editor.focus();
  }

  set_theme(theme: Theme): void {
    monaco.editor.setTheme(theme_name(theme));
  }

  dispose(): void {
    this.editor.dispose();
    for (const { model } of this.models.values()) model.dispose();
    this.models.clear();
  }
}

function theme_name(theme: Theme): string {
  return theme === 'dark' ? 'vs-dark' : 'vs';
}

function marker(model: monaco.editor.ITextModel, one: Diagnostic): monaco.editor.IMarkerData {
  const end = model.getLineMaxColumn(one.line);
  const first = model.getLineFirstNonWhitespaceColumn(one.line) || 1;
  const from = Math.min(one.column ?? first, end);
  // The word that begins there; without a column, the line.
  const word = one.column === null ? null : model.getWordAtPosition({ lineNumber: one.line, column: from });
  const to = one.column === null ? end : word && word.endColumn > from ? word.endColumn : Math.min(from + 1, end);
  return {
    severity: kSeverities[one.severity], message: one.message,
    startLineNumber: one.line, endLineNumber: one.line,
    startColumn: from === to ? Math.max(1, from - 1) : from, endColumn: to,
  };
}
