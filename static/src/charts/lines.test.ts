import { describe, expect, it } from 'vitest';

import { frameOf } from './frame';
import { svgInk } from './ink';
import { extent, lineAt, lineFrame, nearest, paintLines, type Line, type LineScene } from './lines';
import { padded, scale } from './scale';
import { ON_PAPER } from './theme';

const SIZE = { width: 400, height: 240 };
const measure = (text: string): TextMetrics => ({ width: text.length * 6 }) as TextMetrics;

function line(id: string, y: number[], x = y.map((_, at) => at)): Line {
  return { id, key: 'loss', name: id, color: '#123456', dash: [], x: Float64Array.from(x), y: Float64Array.from(y), original: null, band: null };
}

function scene(lines: Line[], rest: Partial<LineScene> = {}): LineScene {
  return { lines, x: { log: false, unit: 'number', title: 'Step' }, y: { log: false, title: '' }, zoom: { x: null, y: null }, ...rest };
}

function drawn(of: LineScene): string {
  const { ink, text } = svgInk(SIZE, measure);
  paintLines(ink, lineFrame(ink, SIZE, ON_PAPER, of), ON_PAPER, of);
  return text();
}

const pathsOf = (svg: string, color: string): string[] =>
  [...svg.matchAll(/<path d="([^"]*)" fill="none" stroke="([^"]*)"/g)].filter((match) => match[2] === color).map((match) => match[1]);

describe('a scale', () => {
  it('goes there and back', () => {
    for (const log of [false, true]) {
      const one = scale(0.5, 2000, 40, 380, log);
      for (const value of [0.5, 1, 17, 2000]) expect(one.back(one.at(value))).toBeCloseTo(value, 8);
      expect(one.at(0.5)).toBeCloseTo(40);
      expect(one.at(2000)).toBeCloseTo(380);
    }
  });

  it('has no place on a log axis for what is not above zero', () => {
    expect(scale(1, 10, 0, 100, true).at(0)).toBeNaN();
    expect(scale(1, 10, 0, 100, true).at(-1)).toBeNaN();
  });

  it('has room around a single value', () => {
    expect(padded(5, 5, false, 0.05)).toEqual([4.5, 5.5]);
    expect(padded(0, 0, false, 0.05)).toEqual([-1, 1]);
    expect(padded(5, 5, true, 0.05)).toEqual([2.5, 10]);
    expect(padded(Infinity, -Infinity, false, 0.05)).toEqual([0, 1]);
  });
});

describe('a line', () => {
  it('is one stroke through every value', () => {
    const [path] = pathsOf(drawn(scene([line('a', [1, 5, 2])])), '#123456');
    expect(path.match(/[ML]/g)).toEqual(['M', 'L', 'L']);
  });

  it('has a gap where a value is missing', () => {
    const [path] = pathsOf(drawn(scene([line('a', [1, 2, NaN, 4, 5])])), '#123456');
    expect(path.match(/[ML]/g)).toEqual(['M', 'L', 'M', 'L']);
  });

  it('shows a value between two gaps as a dot, and an infinite one as an arrowhead', () => {
    const many = Array.from({ length: 100 }, (_, at) => (at === 50 ? 1 : NaN));
    expect(drawn(scene([line('a', many)]))).toMatch(/a2 2 0 1 0/);
    const heads = drawn(scene([line('a', [1, Infinity, 2, -Infinity, 3])])).match(/<path d="M[^"]*L[^"]*L[^"]*Z" fill="#123456"/g);
    expect(heads).toHaveLength(2);
  });

  it('does not stretch the axis to infinity', () => {
    expect(extent(scene([line('a', [1, Infinity, 3, -Infinity])]), 'y', null)).toEqual({ low: 1, high: 3 });
  });

  it('fits the heights to what is zoomed to', () => {
    const zoomed = scene([line('a', [1, 100, 3, 4])], { zoom: { x: [2, 3], y: null } });
    expect(extent(zoomed, 'y', [2, 3])).toEqual({ low: 3, high: 4 });
  });

  it('leaves out of a log axis what has no place there', () => {
    const log = scene([line('a', [-1, 0, 10, 1000])], { y: { log: true, title: '' } });
    expect(extent(log, 'y', null)).toEqual({ low: 10, high: 1000 });
    expect(pathsOf(drawn(log), '#123456')[0].match(/[ML]/g)).toEqual(['M', 'L']);
  });
});

describe('pointing', () => {
  const two = scene([line('low', [0, 0, 0, 0]), line('high', [10, 10, 10, 10])]);
  const { ink } = svgInk(SIZE, measure);
  const frame = lineFrame(ink, SIZE, ON_PAPER, two);

  it('finds the nearest line, also between two values', () => {
    expect(lineAt(frame, two, frame.x.at(1.5), frame.y.at(9))?.line.id).toBe('high');
    expect(lineAt(frame, two, frame.x.at(1.5), frame.y.at(1))?.line.id).toBe('low');
  });

  it('finds none far from all', () => {
    expect(lineAt(frame, two, frame.x.at(1.5), frame.y.at(5), 20)).toBeNull();
  });

  it('finds the nearest value', () => {
    const x = Float64Array.from([0, 10, 20]);
    expect([-5, 4, 6, 14, 16, 99].map((at) => nearest(x, at))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(nearest(new Float64Array(0), 1)).toBe(-1);
  });
});

describe('an SVG', () => {
  it('is well-formed, whatever the names are', () => {
    const { ink, text } = svgInk(SIZE, measure);
    ink.font = '600 11px "Segoe UI"';
    ink.fillText('<script>alert("&")</script>\u0007', 3, 4);
    const parsed = new DOMParser().parseFromString(text(), 'image/svg+xml');
    expect(parsed.querySelector('parsererror')).toBeNull();
    expect(parsed.querySelector('text')?.textContent).toBe('<script>alert("&")</script>');
    expect(parsed.querySelector('script')).toBeNull();
  });

  it('has the axis titles', () => {
    expect(drawn(scene([line('a', [1, 2])]))).toContain('>Step</text>');
  });

  it('knows the labels of the axes', () => {
    const { ink } = svgInk(SIZE, measure);
    const axis = { low: 0, high: 10, log: false, unit: 'number' as const, title: '' };
    expect(frameOf(ink, SIZE, ON_PAPER, axis, axis).yTicks.map((tick) => tick.label)).toContain('10');
  });
});
