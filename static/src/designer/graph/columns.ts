/** Selections of columns: {"all", "kinds", "names", "except"}, as the server reads them. */

export type Column = { name: string; kind: string };
export type Selection = { all: boolean; kinds: string[]; names: string[]; except: string[] };

export const KINDS = ['integer', 'number', 'boolean', 'date', 'category', 'text'] as const;

export const NOTHING: Selection = { all: false, kinds: [], names: [], except: [] };

export function readSelection(value: unknown): Selection {
  const raw = (typeof value === 'object' && value !== null ? value : {}) as Partial<Selection>;
  return { all: raw.all ?? false, kinds: raw.kinds ?? [], names: raw.names ?? [], except: raw.except ?? [] };
}

/** The columns of `columns` that the selection means, in their order; `kinds` limits what may be chosen at all. */
export function selected(selection: Selection, columns: readonly Column[], kinds: readonly string[] = []): Column[] {
  const names = new Set(selection.names);
  const except = new Set(selection.except);
  return allowed(columns, kinds).filter(
    (column) =>
      !except.has(column.name) && (selection.all || selection.kinds.includes(column.kind) || names.has(column.name)),
  );
}

/** A column of unknown kind may be chosen anywhere: only a run can tell. */
export const allowed = (columns: readonly Column[], kinds: readonly string[]): Column[] =>
  columns.filter((column) => kinds.length === 0 || column.kind === 'unknown' || kinds.includes(column.kind));

/** Chosen by name, but not among the columns that arrive. */
export function absent(selection: Selection, columns: readonly Column[]): string[] {
  const there = new Set(columns.map((column) => column.name));
  return selection.names.filter((name) => !there.has(name));
}

/** Ticks or unticks one column. What rules (all, by kind) bring in is taken out by an exception, not by hand. */
export function toggle(selection: Selection, column: Column, on: boolean): Selection {
  const byRule = selection.all || selection.kinds.includes(column.kind);
  const names = selection.names.filter((name) => name !== column.name);
  const except = selection.except.filter((name) => name !== column.name);
  if (on) return { ...selection, names: byRule ? names : [...names, column.name], except };
  return { ...selection, names, except: byRule ? [...except, column.name] : except };
}

/** "All columns but 2", "All number columns and age, sex". */
export function describe(selection: Selection): string {
  const parts: string[] = [];
  if (selection.all) parts.push('All columns');
  else {
    if (selection.kinds.length) parts.push(`All ${selection.kinds.join(', ')} columns`);
    if (selection.names.length) parts.push(shortList(selection.names));
  }
  if (!parts.length) return 'No columns chosen';
  const but = selection.except.length ? ` but ${shortList(selection.except)}` : '';
  return parts.join(' and ') + but;
}

const shortList = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;

export const isEmpty = (selection: Selection): boolean =>
  !selection.all && selection.kinds.length === 0 && selection.names.length === 0;
