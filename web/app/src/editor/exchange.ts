/// What an editor and its owner have told each other of one file. The owner gives back what the editor told it, maybe
/// late: then the editor holds something newer, which must not be set back. Pure.
export class Exchange {
  /// Told to the owner, and not given back yet; oldest first.
  private told: string[] = [];

  constructor(private known: string) {}

  tell(value: string): void {
    this.known = value;
    this.told.push(value);
  }

  /// Whether the owner has another text than the editor.
  is_new(value: string): boolean {
    if (value === this.known) {
      this.told = [];
      return false;
    }
    const at = this.told.indexOf(value);
    if (at >= 0) {
      this.told.splice(0, at + 1);
      return false;
    }
    this.known = value;
    this.told = [];
    return true;
  }
}
