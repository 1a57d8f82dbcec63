/// The console: xterm.js, in a chunk that is loaded when a console is first shown.
import { FitAddon } from '@xterm/addon-fit';
import { Terminal as XTerm, type ITheme } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { Theme } from '../lib/theme';

/// Characters written at most: a flood beyond what the server keeps would only make the page slow.
const kMostShown = 2_000_000;

/// Commands to the terminal itself that no program has to give here: titles, colours, links, the clipboard.
const kIgnoredCommands = [0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 50, 52, 104, 105, 110, 111, 112, 133, 633, 777, 1337];

const kThemes: Record<Theme, ITheme> = {
  light: {
    background: '#ffffff', foreground: '#1b1f24', cursor: '#0b5cad', cursorAccent: '#ffffff', selectionBackground: '#b3d4f7',
    black: '#1b1f24', red: '#a82019', green: '#17642f', yellow: '#6b4400', blue: '#0b5cad', magenta: '#8a2a8a', cyan: '#0b6470', white: '#50585f',
    brightBlack: '#50585f', brightRed: '#a82019', brightGreen: '#17642f', brightYellow: '#6b4400', brightBlue: '#0b5cad',
    brightMagenta: '#8a2a8a', brightCyan: '#0b6470', brightWhite: '#1b1f24',
  },
  dark: { background: '#13161b', foreground: '#e6e9ee', cursor: '#8cc0ff', cursorAccent: '#13161b', selectionBackground: '#31507a' },
};

export interface TerminalEvents {
  on_text(text: string): void;
  on_size(cols: number, rows: number): void;
  /// Ctrl+Enter.
  on_run(): void;
}

export class Terminal {
  private readonly terminal: XTerm;
  private readonly fit = new FitAddon();
  private readonly watcher: ResizeObserver;
  private shown = 0;
  /// Replays that are being drawn.
  private replays = 0;

  constructor(element: HTMLElement, theme: Theme, events: TerminalEvents) {
    this.terminal = new XTerm({
      allowProposedApi: false, fontSize: 14, fontFamily: 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace',
      scrollback: 5000, screenReaderMode: true, theme: kThemes[theme], minimumContrastRatio: 4.5,
    });
    for (const command of kIgnoredCommands) this.terminal.parser.registerOscHandler(command, () => true);
    this.terminal.loadAddon(this.fit);
    this.terminal.onData((text) => { if (this.replays === 0) events.on_text(text); });
    this.terminal.onResize(({ cols, rows }) => events.on_size(cols, rows));
    this.terminal.attachCustomKeyEventHandler((event) => {
      // Tab and Escape are the program's; this way the keyboard gets out.
      if (event.key === 'Tab' && event.shiftKey) return false;
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return true;
      if (event.type === 'keydown') events.on_run();
      event.preventDefault();
      event.stopPropagation();
      return false;
    });
    this.terminal.open(element);
    this.terminal.textarea?.setAttribute('aria-label', 'Console. Shift and Tab leave it.');
    this.fit.fit();
    events.on_size(this.terminal.cols, this.terminal.rows);
    this.watcher = new ResizeObserver(() => { if (element.clientWidth > 0) this.fit.fit(); });
    this.watcher.observe(element);
  }

  /// Null begins anew. What is replayed was answered when it first came: a program that asked where the cursor is, or
  /// what terminal this is, gets no second answer.
  write(data: string | null, replay = false): void {
    if (data === null) {
      this.shown = 0;
      this.terminal.reset();
      return;
    }
    if (this.shown > kMostShown) return;
    this.shown += data.length;
    if (replay) {
      ++this.replays;
      this.terminal.write(data, () => { --this.replays; });
    } else {
      this.terminal.write(data);
    }
    if (this.shown > kMostShown) this.terminal.write('\r\n\u001b[0m[more is not shown here]\r\n');
  }

  set_theme(theme: Theme): void {
    this.terminal.options.theme = kThemes[theme];
  }

  focus(): void {
    this.terminal.focus();
  }

  dispose(): void {
    this.watcher.disconnect();
    this.terminal.dispose();
  }
}
