/** Plotly, fetched when the first figure comes into view, drawn in the colours of the page. */

import { isDark } from '../app/theme';

export interface Figure {
  data: Record<string, unknown>[];
  layout?: Record<string, unknown>;
  /** Names of traces that have the same colours in several figures. */
  series?: readonly string[];
}

interface PlotlyModule {
  react(element: HTMLElement, data: unknown[], layout: unknown, config: unknown): Promise<unknown>;
  purge(element: HTMLElement): void;
  toImage(figure: Figure, options: Record<string, unknown>): Promise<string>;
}

/** Apart in lightness as well as in hue, so that they differ in print and for every kind of colour vision. */
const ON_LIGHT = ['#206bc4', '#f59f00', '#2fb344', '#d63939', '#ae3ec9', '#17a2b8', '#74573a', '#868e96'];

const ON_DARK = ['#4dabf7', '#ffc94d', '#51cf66', '#ff7b7b', '#da77f2', '#3bc9db', '#c0a080', '#adb5bd'];

const CONFIG = {
  responsive: true,
  displaylogo: false,
  modeBarButtonsToRemove: ['select2d', 'lasso2d', 'toImage', 'sendChartToCloud'],
  // Nothing that is drawn here leaves the studio.
  plotlyServerURL: '',
  topojsonURL: '',
};

let loading: Promise<PlotlyModule> | undefined;

export function plotly(): Promise<PlotlyModule> {
  loading ??= import('plotly.js-dist-min').then((module) => (module.default ?? module) as unknown as PlotlyModule);
  return loading;
}

/**
 * Draw the figure once the element is seen, again when the theme changes. Gives the function that takes it away.
 * The element must have a height of its own.
 */
export function draw(element: HTMLElement, figure: () => Figure): { update: () => void; stop: () => void } {
  let drawn = false;
  let stopped = false;
  const paint = async (): Promise<void> => {
    const library = await plotly();
    if (stopped || !element.isConnected) return;
    const { data, layout } = themed(figure(), isDark());
    await library.react(element, data, layout, CONFIG);
    drawn = true;
    element.dataset.drawn = 'true';
  };
  const failed = (): void => {
    element.textContent = 'The figure could not be drawn; its numbers are in the table.';
  };
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    paint().catch(failed);
  }, { rootMargin: '300px' });
  seen.observe(element);
  const update = (): void => {
    if (drawn) void paint().catch(failed);
  };
  document.addEventListener('themechange', update);
  return {
    update,
    stop: () => {
      stopped = true;
      seen.disconnect();
      document.removeEventListener('themechange', update);
      if (drawn) void plotly().then((library) => library.purge(element));
    },
  };
}

/** As a PNG on white, whatever the theme: pictures go into documents. */
export async function toPng(figure: Figure): Promise<string> {
  const library = await plotly();
  const { data, layout } = themed(figure, false);
  const image = { data, layout: { ...layout, paper_bgcolor: '#ffffff', plot_bgcolor: '#ffffff' } };
  return library.toImage(image, { format: 'png', width: 900, height: 560, scale: 2 });
}

/** The figure in the page's colours. What the figure says itself about its axes and colours stays. */
export function themed(figure: Figure, dark: boolean): { data: Record<string, unknown>[]; layout: Record<string, unknown> } {
  const line = dark ? 'rgba(255,255,255,.14)' : 'rgba(24,36,51,.12)';
  const ink = dark ? '#dce1e7' : '#182433';
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true };
  const given = { ...figure.layout };
  // Templates of the Python side carry their own light colours; titles stand above the figure in the page.
  for (const name of ['template', 'title', 'width', 'height', 'autosize']) delete given[name];
  const colours = dark ? ON_DARK : ON_LIGHT;
  const layout: Record<string, unknown> = {
    colorway: colours,
    margin: { l: 56, r: 16, t: 16, b: 48 },
    hovermode: 'closest',
    ...given,
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    autosize: true,
    font: { family: 'inherit', size: 12, ...(given.font as object), color: ink },
    hoverlabel: { bgcolor: dark ? '#1f2c3d' : '#ffffff', bordercolor: line, font: { color: ink } },
    legend: { orientation: 'h', y: -0.2, ...(given.legend as object), bgcolor: 'rgba(0,0,0,0)', font: { color: ink } },
  };
  for (const name of new Set(['xaxis', 'yaxis', ...Object.keys(given).filter((key) => /^[xy]axis\d*$/.test(key))])) {
    layout[name] = { ...axis, ...(given[name] as object) };
  }
  const data = figure.data.map((trace) => coloured(trace, figure.series ?? [], colours));
  return { data: data.map((trace) => (trace.type === 'heatmap' ? shaded(trace, dark) : trace)), layout };
}

/** From the page's ground to the first colour: much is strong, in light and in dark. */
function shaded(trace: Record<string, unknown>, dark: boolean): Record<string, unknown> {
  const colorscale = dark ? [[0, '#1f2c3d'], [1, ON_DARK[0]]] : [[0, '#eef3f9'], [1, ON_LIGHT[0]]];
  // Named scales run the other way in some versions of Plotly.
  return Array.isArray(trace.colorscale) ? trace : { ...trace, colorscale, reversescale: false };
}

/** A series keeps its colour from figure to figure, whatever guides are drawn before it. */
function coloured(trace: Record<string, unknown>, series: readonly string[], colours: readonly string[]): Record<string, unknown> {
  const at = series.indexOf(String(trace.name ?? ''));
  if (at < 0) return trace;
  const colour = colours[at % colours.length];
  const line = trace.line as { color?: unknown } | undefined;
  const marker = trace.marker as { color?: unknown } | undefined;
  if (line?.color !== undefined || marker?.color !== undefined) return trace;
  return { ...trace, line: { ...line, color: colour }, marker: { ...marker, color: colour } };
}
