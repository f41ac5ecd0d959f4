/** The designer's page: bar, palette, canvas, panel. */
import { useEffect } from 'react';
import { Canvas } from './canvas/Canvas';
import { listenToClipboard } from './canvas/clipboard';
import { viewCentre } from './canvas/instance';
import { listenToKeys } from './canvas/shortcuts';
import { Menus } from './menus/Menus';
import { Icon } from './nodes/Icon';
import { Palette } from './palette/Palette';
import { Banner } from './panels/Banner';
import { Comment } from './panels/Comment';
import { Drawer } from './panels/Drawer';
import { NodePanel } from './panels/NodePanel';
import { Shortcuts } from './panels/Shortcuts';
import { type Studio, studio, useStudio } from './store';
import { Toolbar } from './toolbar/Toolbar';

const spokenOf = (state: Studio) => state.spoken;
const emptyOf = (state: Studio) =>
  state.graph.nodes.length === 0 && state.canEdit && !state.preview && state.menu === null;

export function App({ listUrl }: { listUrl: string }) {
  useEffect(listenToKeys, []);
  useEffect(listenToClipboard, []);
  return (
    <>
      <Toolbar listUrl={listUrl} />
      <Banner />
      <div className="designer-main">
        <Palette />
        <div className="designer-stage">
          <div className="designer-top">
            <Canvas />
            <Empty />
          </div>
        </div>
        <Drawer />
      </div>
      <NodePanel />
      <Menus />
      <Comment />
      <Shortcuts />
      <Spoken />
    </>
  );
}

function Empty() {
  const empty = useStudio(emptyOf);
  if (!empty) return null;
  return (
    <div className="designer-empty">
      <Icon name="ti-drag-drop" />
      <p>
        Drag your data from the left onto the canvas, then pull a wire from its lower edge.
        <br />
        Let the wire go over nothing, and choose what comes next.
      </p>
      <button
        type="button"
        className="btn btn-sm"
        onClick={() =>
          studio().show({ kind: 'add', screen: { x: innerWidth / 2 - 160, y: innerHeight / 4 }, at: viewCentre() })
        }
      >
        <Icon name="ti-plus" className="me-1" /> Add a node
      </button>
    </div>
  );
}

/** For those who do not see it happen. */
function Spoken() {
  const text = useStudio(spokenOf);
  return (
    <div className="visually-hidden" aria-live="polite">
      {text}
    </div>
  );
}
