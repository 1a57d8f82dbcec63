/// The console: xterm.js, in a chunk that is loaded when a console is first shown.
import { FitAddon } from '@xterm/addon-fit';
import { Terminal as XTerm, type ITheme } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { Theme } from '../lib/theme';
import { ThinMarks } from '../lib/thin_marks';

/// Characters written at most: a flood beyond what the server keeps would only make the page slow.
const kMostShown = 2_000_000;

/// What is drawn at once: a longer piece would hold up the page, since a few characters can ask for much.
const kPiece = 512;
/// Pieces that the terminal has and has not drawn.
const kMostUnderWay = 8;
/// A command that is to be done more often than this is not done: a terminal of this size has no use for it, and some
/// would be busy with it for minutes.
const kMostTimes = 1000;
/// Insert lines, delete lines, scroll up and down, and tabs; `b` repeats a character.
const kLineCommands = ['L', 'M', 'S', 'T', 'I', 'Z'];
/// Whole screens: reset, test picture, and the other screen.
const kScreen = 2000;
/// Characters without a line's end that are read aloud.
const kMostSpoken = 4000;
/// Answers to a program's questions to the terminal; each is a message to the server.
const kMostAnswers = 1000;

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
  private answers = 0;
  private waiting: { data: string; replay: boolean }[] = [];
  private under_way = 0;
  private marks = new ThinMarks();
  private unspoken = { characters: 0, lines: 0 };
  private told = false;
  /// Grows with each new beginning: what is drawn late belongs to the one before.
  private round = 0;

  constructor(element: HTMLElement, theme: Theme, events: TerminalEvents) {
    this.terminal = new XTerm({
      allowProposedApi: false, fontSize: 14, fontFamily: 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace',
      scrollback: 5000, screenReaderMode: true, theme: kThemes[theme], minimumContrastRatio: 4.5,
    });
    for (const command of kIgnoredCommands) this.terminal.parser.registerOscHandler(command, () => true);
    this.bound_commands();
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
      ++this.round;
      this.waiting = [];
      this.shown = this.answers = this.replays = this.under_way = 0;
      this.marks = new ThinMarks();
      this.told = false;
      this.speak_anew();
      this.terminal.reset();
      return;
    }
    if (this.told) return;
    const thin = this.marks.feed(data);
    for (let at = 0; at < thin.length; at += kPiece) this.waiting.push({ data: thin.slice(at, at + kPiece), replay });
    this.draw();
  }

  private draw(): void {
    while (this.under_way < kMostUnderWay && this.shown <= kMostShown) {
      const piece = this.waiting.shift();
      if (piece === undefined) return;
      const { round } = this;
      this.shown += piece.data.length;
      this.hold_speech(piece.data);
      ++this.under_way;
      if (piece.replay) ++this.replays;
      this.terminal.write(piece.data, () => {
        if (round !== this.round) return;
        --this.under_way;
        if (piece.replay) --this.replays;
        this.draw();
      });
    }
    if (this.shown <= kMostShown || this.told) return;
    this.told = true;
    this.waiting = [];
    this.terminal.write('\r\n\u001b[0m[more is not shown here]\r\n');
  }

  /// What is read aloud is gathered until there are 21 lines of it, however long they are: a long one would be laid out
  /// anew with each piece.
  private hold_speech(data: string): void {
    this.unspoken.characters += data.length;
    this.unspoken.lines += data.split('\n').length - 1;
    if (this.unspoken.characters < kMostSpoken) return;
    if (this.unspoken.lines < 21) this.speak_anew();
    this.unspoken = { characters: 0, lines: 0 };
  }

  private speak_anew(): void {
    this.unspoken = { characters: 0, lines: 0 };
    this.terminal.options.screenReaderMode = false;
    this.terminal.options.screenReaderMode = true;
  }

  /// Each handler says whether the command is left out. What a command draws counts as if it had been written.
  private bound_commands(): void {
    const { parser } = this.terminal;
    const times = (size: () => number) => (params: (number | number[])[]) => {
      const count = Number(params[0]) || 1;
      if (count > kMostTimes || this.shown > kMostShown) return true;
      this.shown += count * size();
      return false;
    };
    parser.registerCsiHandler({ final: 'b' }, times(() => 1));
    for (const final of kLineCommands) parser.registerCsiHandler({ final }, times(() => (final === 'I' || final === 'Z' ? 1 : this.terminal.cols)));
    const screen = () => {
      this.shown += kScreen;
      return this.shown > kMostShown;
    };
    parser.registerEscHandler({ final: 'c' }, screen);
    parser.registerEscHandler({ intermediates: '#', final: '8' }, screen);
    for (const final of ['h', 'l']) {
      parser.registerCsiHandler({ prefix: '?', final }, (params) => params.some((one) => one === 47 || one === 1047 || one === 1049) && screen());
    }
    const answer = () => ++this.answers > kMostAnswers;
    for (const id of [{ final: 'c' }, { prefix: '>', final: 'c' }, { final: 'n' }, { prefix: '?', final: 'n' },
      { intermediates: '$', final: 'p' }, { prefix: '?', intermediates: '$', final: 'p' }]) parser.registerCsiHandler(id, answer);
    parser.registerDcsHandler({ intermediates: '$', final: 'q' }, answer);
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
