/** What the marks of two runs over one graph are called and look like: an icon and a word, never colour alone. */

export type Mark =
  | 'same' | 'cached' | 'params' | 'code' | 'libraries' | 'input' | 'result' | 'only-left' | 'only-right' | 'pending' | 'idle'; // prettier-ignore

export interface MarkLook {
  word: string;
  icon: string;
  tone: string;
  help: string;
}

export const MARKS: Record<Mark, MarkLook> = {
  params: { word: 'Parameters changed', icon: 'adjustments', tone: 'orange', help: 'Its own settings differ.' },
  code: { word: 'Code changed', icon: 'code', tone: 'purple', help: 'Its script, its component or the component’s code differs.' },
  libraries: { word: 'Libraries changed', icon: 'packages', tone: 'pink', help: 'Computed with other versions of the libraries.' },
  input: { word: 'Input changed', icon: 'arrow-down-circle', tone: 'azure', help: 'Other data, another wire, or what arrives was made in another way.' },
  result: { word: 'Result differs', icon: 'equal-not', tone: 'red', help: 'Made in the same way, and yet something else came out.' },
  'only-left': { word: 'Only in the base', icon: 'circle-minus', tone: 'yellow', help: 'The other run does not have this node.' },
  'only-right': { word: 'Only in the other', icon: 'circle-plus', tone: 'yellow', help: 'The base run does not have this node.' },
  same: { word: 'Same', icon: 'equal', tone: 'green', help: 'Computed in both runs, with the same result.' },
  cached: { word: 'Same, cached', icon: 'recycle', tone: 'green', help: 'Computed once: one result serves both runs.' },
  pending: { word: 'Not known yet', icon: 'clock', tone: 'secondary', help: 'One of the runs is not done with it.' },
  idle: { word: 'Not in both runs', icon: 'circle-dashed', tone: 'secondary', help: 'Drawn in both, and not part of one of the runs.' },
};

export const AGREE: ReadonlySet<Mark> = new Set(['same', 'cached', 'pending', 'idle']);

export function countsOf(marks: readonly Mark[]): [Mark, number][] {
  return (Object.keys(MARKS) as Mark[]).flatMap((mark): [Mark, number][] => {
    const count = marks.filter((one) => one === mark).length;
    return count ? [[mark, count]] : [];
  });
}
