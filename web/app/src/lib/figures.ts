/// Figures as people read them. Pure.

/// 7 -> "7 ms", 1234 -> "1.23 s", 75000 -> "1 min 15 s"; "–" for what is not known.
export function format_ms(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  // From 59.95 s on it would be rounded to 60.
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}

/// KiB: 512 -> "512 KiB", 9216 -> "9 MiB", 1572864 -> "1.5 GiB".
export function format_kb(kb: number | null): string {
  if (kb === null) return '–';
  if (kb < 1024) return `${Math.round(kb)} KiB`;
  if (kb < 1024 * 1024) return `${without_zeros((kb / 1024).toFixed(1))} MiB`;
  return `${without_zeros((kb / 1024 / 1024).toFixed(2))} GiB`;
}

function without_zeros(text: string): string {
  return text.replace(/\.?0+$/, '');
}

/// 0.75 -> "75 %"; rounded down, so that only all of it is 100 %.
export function format_share(share: number | null): string {
  return share === null ? '–' : `${Math.floor(share * 100 + 1e-9)} %`;
}

/// In the visitor's zone and language: "21 Nov 2026, 11:33:05".
export function format_time(iso: string | null, locale?: string, zone?: string): string {
  if (iso === null) return '–';
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return time.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: zone });
}

/// "1 test", "2 tests".
export function count_of(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
