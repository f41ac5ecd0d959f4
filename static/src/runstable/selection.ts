/** Which runs are chosen: some, or all that match but some. */

export class Selection {
  private ids = new Set<string>();
  /** Where Shift reaches from. */
  anchor: number | null = null;
  all = false;

  has(run_id: string): boolean {
    return this.ids.has(run_id) !== this.all;
  }

  set(run_ids: Iterable<string>, chosen: boolean): void {
    for (const id of run_ids) {
      if (chosen !== this.all) this.ids.add(id);
      else this.ids.delete(id);
    }
  }

  chooseAll(): void {
    this.clear();
    this.all = true;
  }

  clear(): void {
    this.ids.clear();
    this.all = false;
    this.anchor = null;
  }

  count(total: number): number {
    return this.all ? Math.max(0, total - this.ids.size) : this.ids.size;
  }

  /** Where all are chosen: those that are not. Else: those that are. */
  named(): string[] {
    return [...this.ids];
  }
}
