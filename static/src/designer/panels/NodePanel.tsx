/** A node, opened: what comes in on the left, its settings in the middle, what came out on the right. */
import { useEffect, useRef, useState } from 'react';
import { centreOn, focusNode } from '../canvas/instance';
import { componentOf } from '../graph/catalogue';
import { nodeOf } from '../graph/document';
import { Icon } from '../nodes/Icon';
import { familyIcon, nodeLook } from '../nodes/words';
import { isOver } from '../store/running';
import { type Studio, studio, useStudio, useStudioShallow } from '../store';
import { Incoming } from './Incoming';
import { Outcome } from './Outcome';
import { Settings } from './Settings';

const PLACE = 'atelier.designer.panel';
const LEAST = 180;

const shown = (state: Studio) => {
  const node = state.open ? nodeOf(state.graph, state.open) : undefined;
  return {
    node,
    component: node && componentOf(state.catalogue, state.graph, node),
    canEdit: state.canEdit && !state.preview,
  };
};
const busyOf = (state: Studio) => state.submitting || !isOver(state.run);
const stateOf = (state: Studio) => (state.open ? state.states[state.open] : undefined);

export function NodePanel() {
  const { node, component, canEdit } = useStudioShallow(shown);
  const busy = useStudio(busyOf);
  const state = useStudio(stateOf);
  const [height, setHeight] = useState(storedHeight);
  const [tab, setTab] = useState<'in' | 'settings' | 'out'>('settings');
  const [full, setFull] = useState(false);
  const panel = useRef<HTMLElement>(null);
  const id = node?.id;

  // Only when a node is opened, not when another is looked at while the panel is already there.
  const wasOpen = useRef(false);
  useEffect(() => {
    if (id && !wasOpen.current) {
      if (!studio().focusParam) panel.current?.focus({ preventScroll: true });
      // After the canvas has noticed that it is smaller now.
      setTimeout(() => coveredBy(panel.current, id) && centreOn(id), 120);
    }
    wasOpen.current = Boolean(id);
  }, [id]);

  if (!node || !component) return null;
  const look = nodeLook(state);
  const close = (): void => {
    studio().openNode(null);
    focusNode(node.id);
  };
  const resize = (next: number): void => {
    const kept = Math.round(Math.max(LEAST, Math.min(next, innerHeight - 220)));
    setHeight(kept);
    setFull(false);
    localStorage.setItem(PLACE, String(kept));
  };
  return (
    <section
      ref={panel}
      className="dpanel"
      style={{ height: full ? 'calc(100dvh - 6rem)' : height }}
      aria-label={`Node ${node.title}`}
      tabIndex={-1}
      data-shown={tab}
      onKeyDown={(event) => {
        // In the editor Escape is the way out to the next field.
        if (event.key !== 'Escape' || event.defaultPrevented || (event.target as Element).closest('.cm-editor')) return;
        event.preventDefault();
        close();
      }}
    >
      <div
        className="dpanel-grip"
        role="separator"
        aria-orientation="horizontal"
        aria-label="Height of the panel"
        aria-valuenow={height}
        tabIndex={0}
        onKeyDown={(event) => {
          const by = { ArrowUp: 30, ArrowDown: -30 }[event.key];
          if (by) {
            event.preventDefault();
            event.stopPropagation();
            resize(height + by);
          }
        }}
        onPointerDown={(event) => {
          event.preventDefault();
          const grip = event.currentTarget;
          const [from, at] = [height, event.clientY];
          grip.setPointerCapture(event.pointerId);
          const move = (moved: PointerEvent): void => resize(from + at - moved.clientY);
          grip.addEventListener('pointermove', move);
          grip.addEventListener('pointerup', () => grip.removeEventListener('pointermove', move), { once: true });
        }}
      />
      <header className="dpanel-head">
        <span className="dnode-icon" data-family={component.family}>
          <Icon name={familyIcon(component.family)} />
        </span>
        <input
          key={`${node.id} ${node.title}`}
          className="dpanel-title"
          aria-label="Name of the node"
          defaultValue={node.title}
          maxLength={120}
          readOnly={!canEdit}
          onBlur={(event) => {
            studio().setTitle(node.id, event.target.value);
            if (!event.target.value.trim()) event.target.value = node.title;
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
            if (event.key === 'Escape') {
              event.stopPropagation();
              event.currentTarget.value = node.title;
              event.currentTarget.blur();
            }
          }}
        />
        {!node.title.startsWith(component.title) && (
          <span className="text-secondary text-truncate d-none d-md-inline">{component.title}</span>
        )}
        <span className={`dpanel-state tone-${look.tone}`}>
          <Icon name={look.icon} /> {look.word}
        </span>
        <div className="dpanel-tabs btn-group" role="group" aria-label="What is shown">
          {(['in', 'settings', 'out'] as const)
            .filter((name) => name !== 'in' || component.inputs.length > 0)
            .map((name) => (
              <button
                key={name}
                type="button"
                className={`btn btn-sm ${tab === name ? 'active' : ''}`}
                aria-pressed={tab === name}
                onClick={() => setTab(name)}
              >
                {{ in: 'Input', settings: 'Settings', out: 'Output' }[name]}
              </button>
            ))}
        </div>
        <div className="ms-auto d-flex gap-1">
          {canEdit && (
            <>
              <button
                type="button"
                className="btn btn-sm"
                disabled={busy}
                title="Run this node and what it needs (Ctrl Shift Enter)"
                onClick={() => void studio().submit('to', node.id)}
              >
                <Icon name="ti-player-track-next" className="me-1" /> Run up to here
              </button>
              <button
                type="button"
                className="btn btn-sm"
                disabled={busy}
                title="Run this node alone, on the results there are (Alt Enter)"
                onClick={() => void studio().submit('only', node.id)}
              >
                <Icon name="ti-player-play" className="me-1" /> Run only this
              </button>
            </>
          )}
          <button
            type="button"
            className="btn btn-sm btn-icon btn-ghost-secondary"
            aria-label={full ? 'Smaller' : 'Larger'}
            title={full ? 'Smaller' : 'Larger'}
            aria-pressed={full}
            onClick={() => setFull(!full)}
          >
            <Icon name={full ? 'ti-arrows-minimize' : 'ti-arrows-maximize'} />
          </button>
          <button
            type="button"
            className="btn btn-sm btn-icon btn-ghost-secondary"
            aria-label="Close"
            title="Close (Esc)"
            onClick={close}
          >
            <Icon name="ti-x" />
          </button>
        </div>
      </header>
      <div
        className={`dpanel-body ${component.inputs.length ? '' : 'no-input'} ${component.params.some((param) => param.kind === 'code') ? 'has-code' : ''}`}
      >
        {component.inputs.length > 0 && (
          <div className="dpanel-part part-in">
            <h3>Input</h3>
            <Incoming key={node.id} node={node} component={component} />
          </div>
        )}
        <div className="dpanel-part part-settings">
          <h3>Settings</h3>
          <Settings key={node.id} node={node} component={component} readOnly={!canEdit} />
        </div>
        <div className="dpanel-part part-out">
          <h3>Output</h3>
          <Outcome key={node.id} node={node} component={component} />
        </div>
      </div>
    </section>
  );
}

function storedHeight(): number {
  const kept = Number(localStorage.getItem(PLACE));
  return Math.max(LEAST, Math.min(kept || Math.round(innerHeight * 0.45), innerHeight - 220));
}

/** Whether the node lies where the panel now is. */
function coveredBy(panel: HTMLElement | null, id: string): boolean {
  const node = document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  return Boolean(panel && (!node || node.bottom > panel.getBoundingClientRect().top));
}
