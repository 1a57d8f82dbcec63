/// A description's Markdown as elements. No HTML is ever made of it: tags in the text are shown as text, links go to
/// the web or a mail address, pictures (which another host would have to send) are named.
import MarkdownIt from 'markdown-it';
import { h, type ComponentChildren } from 'preact';
import { LongText } from '../../components/long_text';
import { is_heavy, type Bounds } from '../../lib/heavy_text';

type Token = ReturnType<MarkdownIt['parse']>[number];

const reader = new MarkdownIt('commonmark', { html: false }).enable(['table', 'strikethrough']);
// Deeper than this is left out by the reader.
reader.set({ maxNesting: 30 } as Parameters<typeof reader.set>[0]);

/// The page itself has the first two headings. What is missing has no element of its own.
const kTags: Record<string, string> = {
  paragraph: 'p', blockquote: 'blockquote', bullet_list: 'ul', ordered_list: 'ol', list_item: 'li', table: 'table', thead: 'thead',
  tbody: 'tbody', tr: 'tr', th: 'th', td: 'td', strong: 'strong', em: 'em', s: 's', h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6', h5: 'h6', h6: 'h6',
};

/// Null for an address that a link must not have.
export function safe_address(href: string): string | null {
  try {
    const url = new URL(href);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function link(href: string | null, shown: ComponentChildren): ComponentChildren {
  const address = href === null ? null : safe_address(href);
  return address === null ? shown : <a href={address} rel="noopener noreferrer nofollow">{shown}</a>;
}

/// What an opening token and its end make of what stands between them.
function around(token: Token, children: ComponentChildren): ComponentChildren {
  if (token.type === 'link_open') return link(token.attrGet('href'), children);
  const tag = kTags[token.type === 'heading_open' ? token.tag : token.type.replace(/_open$/, '')];
  // A paragraph in a dense list is hidden.
  if (tag === undefined || token.hidden) return children;
  if (tag === 'table') return <div class="scroll-x" tabIndex={0} role="group" aria-label="Table"><table>{children}</table></div>;
  if (tag === 'ol') return <ol start={Number(token.attrGet('start') ?? 1)}>{children}</ol>;
  return h(tag as 'p', null, children);
}

function alone(token: Token): ComponentChildren {
  switch (token.type) {
    case 'inline': return elements(token.children ?? []);
    case 'code_inline': return <code>{token.content}</code>;
    case 'fence': case 'code_block': return <pre class="block" tabIndex={0} role="group" aria-label="Code">{token.content.replace(/\n$/, '')}</pre>;
    case 'hr': return <hr />;
    case 'hardbreak': return <br />;
    case 'softbreak': return '\n';
    case 'image': return link(token.attrGet('src'), token.content || 'Picture');
    default: return token.content;
  }
}

function elements(tokens: readonly Token[]): ComponentChildren {
  const open: { token: Token | null; children: ComponentChildren[] }[] = [{ token: null, children: [] }];
  for (const token of tokens) {
    if (token.nesting === 1) {
      open.push({ token, children: [] });
      continue;
    }
    const top = open.at(-1);
    if (token.nesting === 0 || !top?.token) {
      top?.children.push(alone(token));
      continue;
    }
    open.pop();
    open.at(-1)?.children.push(around(top.token, top.children));
  }
  return open[0]?.children;
}

/// More than a description needs, and what a browser lays out at once.
const kMostTokens = 20_000;
const kBounds: Bounds = { characters: 100_000, lines: 20_000, turns: 8000, marks: 1000 };

function count(tokens: readonly Token[]): number {
  return tokens.reduce((sum, one) => sum + 1 + (one.children === null ? 0 : count(one.children)), 0);
}

/// A text that would hold up the page (a table of 100,000 cells) is shown as it was written.
export function markdown_elements(text: string): ComponentChildren {
  if (is_heavy(text, kBounds)) return as_written(text);
  const tokens = reader.parse(text, {});
  return count(tokens) > kMostTokens ? as_written(text) : elements(tokens);
}

function as_written(text: string): ComponentChildren {
  return <div class="pre-wrap"><LongText text={text} /></div>;
}

export default function Markdown({ text }: { text: string }) {
  return <div class="markdown">{markdown_elements(text)}</div>;
}
