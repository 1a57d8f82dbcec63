import { Store } from './store';
import { read_stored, write_stored } from './storage';

/// What the visitor chose.
export type ThemeChoice = 'light' | 'dark' | 'system';
/// What is drawn.
export type Theme = 'light' | 'dark';

function as_choice(text: string | null): ThemeChoice {
  return text === 'light' || text === 'dark' ? text : 'system';
}

export const theme_choice = new Store<ThemeChoice>('system');
export const theme = new Store<Theme>('light');

/// Applies what was chosen and follows the system's preference from now on. Called once, before the first drawing.
export function start_theme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const choice = theme_choice.value;
    const now: Theme = choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice;
    document.documentElement.dataset.theme = now;
    theme.set(now);
  };
  theme_choice.set(as_choice(read_stored('theme')));
  theme_choice.subscribe((choice) => {
    write_stored('theme', choice === 'system' ? null : choice);
    apply();
  });
  dark.addEventListener('change', apply);
  apply();
}
