/** Whichever menu is open. */
import { type Studio, useStudio } from '../store';
import { ConnectMenu, PortsMenu } from './ConnectMenu';
import { ContextMenu } from './ContextMenu';
import { QuickMenu } from './QuickMenu';

const menuOf = (state: Studio) => state.menu;

export function Menus() {
  const menu = useStudio(menuOf);
  if (!menu) return null;
  switch (menu.kind) {
    case 'wire':
    case 'insert':
    case 'add':
      return <QuickMenu key={`${menu.screen.x} ${menu.screen.y}`} menu={menu} />;
    case 'connect':
      return <ConnectMenu key={menu.node} menu={menu} />;
    case 'ports':
      return <PortsMenu menu={menu} />;
    default:
      return <ContextMenu key={`${menu.screen.x} ${menu.screen.y}`} menu={menu} />;
  }
}
