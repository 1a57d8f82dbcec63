/// Characters that have no place of their own, over the letter before: accents, joiners, selectors.
const kOver = /^[\p{M}\p{Cf}]$/u;

/// What stands over one letter at most: no script needs more, and a terminal keeps and draws all of it in one cell.
const kMost = 16;

/// Leaves out what stands over one letter beyond the bound; the text may come in pieces. Pure, but for what it remembers.
export class ThinMarks {
  private over = 0;

  feed(text: string): string {
    // Nearly always there is none.
    if (!/[\p{M}\p{Cf}]/u.test(text)) {
      if (text !== '') this.over = 0;
      return text;
    }
    const kept: string[] = [];
    for (const character of text) {
      this.over = kOver.test(character) ? this.over + 1 : 0;
      if (this.over <= kMost) kept.push(character);
    }
    return kept.join('');
  }
}
