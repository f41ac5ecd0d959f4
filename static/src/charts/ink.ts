/**
 * What charts are painted with: the part of a canvas' context that they use. The same painting makes the picture on the
 * page, a PNG, and, with `svgInk`, an SVG.
 */

export type Ink = Pick<
  CanvasRenderingContext2D,
  | 'strokeStyle' | 'fillStyle' | 'lineWidth' | 'globalAlpha' | 'font' | 'textAlign' | 'textBaseline' | 'lineJoin'
  | 'beginPath' | 'moveTo' | 'lineTo' | 'closePath' | 'arc' | 'rect' | 'stroke' | 'fill' | 'fillRect' | 'strokeRect' | 'fillText'
  | 'setLineDash' | 'save' | 'restore' | 'clip' | 'translate' | 'rotate' | 'measureText'
>; // prettier-ignore

export interface Size {
  width: number;
  height: number;
}

interface State {
  strokeStyle: string;
  fillStyle: string;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  textAlign: string;
  textBaseline: string;
  lineJoin: string;
  dash: string;
  turn: string;
  clip: string;
}

const ANCHORS: Record<string, string> = { left: 'start', start: 'start', center: 'middle', right: 'end', end: 'end' };
const BASELINES: Record<string, string> = { top: 'text-before-edge', middle: 'central', bottom: 'text-after-edge', alphabetic: 'alphabetic' };

/** An ink that writes SVG. `measure` knows how wide texts are: a canvas of the page. */
export function svgInk(size: Size, measure: (text: string, font: string) => TextMetrics): { ink: Ink; text: () => string } {
  const marks: string[] = [];
  const clips: string[] = [];
  let path = '';
  let now: State = {
    strokeStyle: '#000', fillStyle: '#000', lineWidth: 1, globalAlpha: 1, font: '10px sans-serif', textAlign: 'start',
    textBaseline: 'alphabetic', lineJoin: 'miter', dash: '', turn: '', clip: '',
  }; // prettier-ignore
  const kept: State[] = [];

  const shared = (): string =>
    (now.globalAlpha < 1 ? ` opacity="${short(now.globalAlpha)}"` : '') +
    (now.turn ? ` transform="${now.turn.trim()}"` : '') +
    (now.clip ? ` clip-path="url(#${now.clip})"` : '');
  const stroke = (): string =>
    `stroke="${escaped(now.strokeStyle)}" stroke-width="${short(now.lineWidth)}" stroke-linejoin="${now.lineJoin}"` +
    (now.dash ? ` stroke-dasharray="${now.dash}"` : '');
  const box = (x: number, y: number, width: number, height: number): string =>
    `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;

  const methods = {
    beginPath: () => void (path = ''),
    moveTo: (x: number, y: number) => void (path += `M${short(x)} ${short(y)}`),
    lineTo: (x: number, y: number) => void (path += `L${short(x)} ${short(y)}`),
    closePath: () => void (path += 'Z'),
    rect: (x: number, y: number, width: number, height: number) => void (path += box(x, y, width, height)),
    // Charts paint full circles only.
    arc: (x: number, y: number, r: number) =>
      void (path += `M${short(x - r)} ${short(y)}a${short(r)} ${short(r)} 0 1 0 ${short(2 * r)} 0a${short(r)} ${short(r)} 0 1 0 ${short(-2 * r)} 0Z`),
    stroke: () => void (path && marks.push(`<path d="${path}" fill="none" ${stroke()}${shared()}/>`)),
    fill: () => void (path && marks.push(`<path d="${path}" fill="${escaped(now.fillStyle)}"${shared()}/>`)),
    fillRect: (x: number, y: number, width: number, height: number) =>
      void marks.push(`<path d="${box(x, y, width, height)}" fill="${escaped(now.fillStyle)}"${shared()}/>`),
    strokeRect: (x: number, y: number, width: number, height: number) =>
      void marks.push(`<path d="${box(x, y, width, height)}" fill="none" ${stroke()}${shared()}/>`),
    fillText: (text: string, x: number, y: number) =>
      void marks.push(
        `<text x="${short(x)}" y="${short(y)}" fill="${escaped(now.fillStyle)}" style="font:${escaped(now.font)}" ` +
          `text-anchor="${ANCHORS[now.textAlign] ?? 'start'}" dominant-baseline="${BASELINES[now.textBaseline] ?? 'alphabetic'}"${shared()}>${escaped(text)}</text>`,
      ),
    setLineDash: (dash: Iterable<number>) => void (now.dash = [...dash].join(' ')),
    save: () => void kept.push({ ...now }),
    restore: () => void (now = kept.pop() ?? now),
    clip: () => {
      now.clip = `clip-${clips.length}`;
      clips.push(`<clipPath id="${now.clip}"><path d="${path}"/></clipPath>`);
    },
    translate: (x: number, y: number) => void (now.turn += ` translate(${short(x)} ${short(y)})`),
    rotate: (angle: number) => void (now.turn += ` rotate(${short((angle * 180) / Math.PI)})`),
    measureText: (text: string) => measure(text, now.font),
  };

  const ink = new Proxy(methods, {
    get: (target, name) => (name in target ? target[name as keyof typeof target] : now[name as keyof State]),
    set: (_, name, value) => {
      now = { ...now, [name]: value };
      return true;
    },
  }) as unknown as Ink;
  const text = (): string =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" ` +
    `viewBox="0 0 ${size.width} ${size.height}">${clips.length ? `<defs>${clips.join('')}</defs>` : ''}${marks.join('')}</svg>\n`;
  return { ink, text };
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: unknown): string {
  return String(text)
    // Control characters are not allowed in XML at all.
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'); // prettier-ignore
}
