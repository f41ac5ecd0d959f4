/** A report's text, cut at its live blocks. The same rule as on the server (`registry/reports/blocks.py`): both count alike. */

export type Segment = { kind: 'text'; text: string } | { kind: 'block'; text: string; number: number; line: number };

const OPENING = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const OURS = /^ {0,3}(`{3,}|~{3,})\s*atelier\s*$/;

export function segments(body: string): Segment[] {
  const lines = body.split('\n');
  const found: Segment[] = [];
  let text: string[] = [];
  let number = 0;
  const flush = (): void => {
    if (text.some((line) => line.trim())) found.push({ kind: 'text', text: text.join('\n') });
    text = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const opened = OPENING.exec(lines[at]);
    if (!opened) {
      text.push(lines[at]);
      continue;
    }
    const start = at;
    const [fence] = [opened[1]];
    const closing = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}\\s*$`);
    at += 1;
    while (at < lines.length && !closing.test(lines[at])) at += 1;
    if (OURS.test(lines[start])) {
      flush();
      found.push({ kind: 'block', text: lines.slice(start + 1, at).join('\n'), number, line: start + 1 });
      number += 1;
    } else {
      text.push(...lines.slice(start, at + 1));
    }
  }
  flush();
  return found;
}
