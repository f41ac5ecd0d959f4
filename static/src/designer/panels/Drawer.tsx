/** The sheet at the right: problems or history. */
import { type Studio, studio, useStudio } from '../store';
import { History } from './History';
import { Problems } from './Problems';

const drawerOf = (state: Studio) => state.drawer;

export function Drawer() {
  const drawer = useStudio(drawerOf);
  if (!drawer) return null;
  const close = (): void => {
    studio().setDrawer(null);
    if (studio().preview) void studio().showVersion(null);
  };
  const title = drawer === 'problems' ? 'Problems' : 'Version history';
  return (
    <aside className="ddrawer" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <button type="button" className="btn-close" aria-label="Close" onClick={close} />
      </header>
      <div className="ddrawer-body">{drawer === 'problems' ? <Problems /> : <History />}</div>
    </aside>
  );
}
