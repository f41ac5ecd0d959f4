/** Scripts, images and tables of the compared runs: which there are, and which run has which. Pure. */

export interface Script {
  path: string;
  language: string;
  digest: string;
  /** Of a pipeline's node; the text of a file is fetched when it is looked at. */
  text?: string;
}
export interface Picture {
  path: string;
  key?: string;
  step?: number;
  timestamp?: number;
  small?: string;
}
export interface RunFiles {
  images: Picture[];
  tables: { path: string; size: number }[];
  code: Script[];
  complete: boolean;
}

export type ScriptMark = 'same' | 'changed' | 'left' | 'right';

export interface ScriptPair {
  path: string;
  language: string;
  left: Script | null;
  right: Script | null;
  mark: ScriptMark;
}

/** By path; those that differ first. */
export function pairs(left: readonly Script[], right: readonly Script[]): ScriptPair[] {
  const [one, two] = [left, right].map((scripts) => new Map(scripts.map((script) => [script.path, script])));
  const paths = [...new Set([...one.keys(), ...two.keys()])].sort((a, b) => a.localeCompare(b));
  const made = paths.map((path): ScriptPair => {
    const [a, b] = [one.get(path) ?? null, two.get(path) ?? null];
    const mark = !b ? 'left' : !a ? 'right' : a.digest === b.digest ? 'same' : 'changed';
    return { path, language: (b ?? a)!.language, left: a, right: b, mark };
  });
  return [...made.filter((pair) => pair.mark !== 'same'), ...made.filter((pair) => pair.mark === 'same')];
}

/** Images of one name in all runs: a series has steps, a picture by itself has none. Series come first. */
export interface Gallery {
  name: string;
  steps: number[];
  /** By run, in order of steps. */
  pictures: Map<string, Picture[]>;
}

export function galleries(files: ReadonlyMap<string, RunFiles>): Gallery[] {
  const found = new Map<string, Gallery>();
  for (const [run, { images }] of files) {
    for (const picture of images) {
      const name = picture.key ?? picture.path;
      const gallery = found.get(name) ?? { name, steps: [], pictures: new Map<string, Picture[]>() };
      found.set(name, gallery);
      gallery.pictures.set(run, [...(gallery.pictures.get(run) ?? []), picture]);
    }
  }
  const all = [...found.values()];
  for (const gallery of all) {
    const steps = new Set<number>();
    for (const pictures of gallery.pictures.values()) {
      pictures.sort((a, b) => (a.step ?? 0) - (b.step ?? 0) || (a.timestamp ?? 0) - (b.timestamp ?? 0));
      for (const { step } of pictures) if (step !== undefined) steps.add(step);
    }
    gallery.steps = [...steps].sort((a, b) => a - b);
  }
  return all.sort((a, b) => Number(b.steps.length > 0) - Number(a.steps.length > 0) || b.pictures.size - a.pictures.size || a.name.localeCompare(b.name));
}

/** The picture of a run at a step: of that step or the last one before it, the newest if there are several. */
export function pictureAt(pictures: readonly Picture[] | undefined, step: number | null): Picture | null {
  if (!pictures?.length) return null;
  if (step === null) return pictures.at(-1)!;
  return pictures.findLast((picture) => (picture.step ?? step) <= step) ?? null;
}

/** Tables by path, with the runs that have them; those that several have come first. */
export function tablesOf(files: ReadonlyMap<string, RunFiles>): { path: string; runs: string[] }[] {
  const found = new Map<string, string[]>();
  for (const [run, { tables }] of files) for (const { path } of tables) found.set(path, [...(found.get(path) ?? []), run]);
  return [...found].map(([path, runs]) => ({ path, runs })).sort((a, b) => b.runs.length - a.runs.length || a.path.localeCompare(b.path));
}
