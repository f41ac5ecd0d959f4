/** The colours of a chart's ground, grid and letters, in the light and the dark theme. */

import { isDark } from '../app/theme';

export interface Theme {
  ground: string;
  ink: string;
  faint: string;
  grid: string;
  axis: string;
  font: string;
}

const FONT = '11px sans-serif';

/** Pictures go into documents: on white. */
export const ON_PAPER: Theme = { ground: '#ffffff', ink: '#182433', faint: '#667382', grid: '#e6e8eb', axis: '#b8c0c9', font: FONT };

const ON_DARK: Theme = { ground: '#182433', ink: '#dce1e7', faint: '#94a3b5', grid: 'rgba(255, 255, 255, 0.1)', axis: 'rgba(255, 255, 255, 0.28)', font: FONT };

export function theme(): Theme {
  const font = fontOf();
  return isDark() ? { ...ON_DARK, font, ground: groundOf() ?? ON_DARK.ground } : { ...ON_PAPER, font };
}

/** The letters of the page. */
function fontOf(): string {
  const family = getComputedStyle(document.body).fontFamily;
  return family ? `11px ${family}` : FONT;
}

/** What Tabler paints cards with. */
function groundOf(): string | undefined {
  return getComputedStyle(document.documentElement).getPropertyValue('--tblr-bg-surface').trim() || undefined;
}
