/** The bar above the canvas: name, saved or not, undo, tools, problems, run. */
import { memo } from 'react';
import { flow } from '../canvas/instance';
import { Icon } from '../nodes/Icon';
import { type Studio, studio, useStudio, useStudioShallow } from '../store';
import { env } from '../store';
import { RunButton } from './RunButton';
import { SaveMark } from './SaveMark';

const nameOf = (state: Studio) => state.name;
const toolsOf = (state: Studio) => ({
  canUndo: state.history.past.length > 0,
  canRedo: state.history.future.length > 0,
  undoLabel: state.history.past.at(-1)?.label ?? '',
  redoLabel: state.history.future.at(-1)?.label ?? '',
  tool: state.tool,
  canEdit: state.canEdit && !state.preview,
  drawer: state.drawer,
  errors: state.problems.filter((problem) => problem.severity === 'error').length,
  hints: state.problems.filter((problem) => problem.severity === 'warning').length,
});

export const Toolbar = memo(function Toolbar({ listUrl }: { listUrl: string }) {
  return (
    <header className="dbar">
      <a
        href={listUrl}
        className="btn btn-sm btn-icon btn-ghost-secondary"
        aria-label="All pipelines"
        title="All pipelines"
      >
        <Icon name="ti-arrow-left" />
      </a>
      <PipelineName />
      {env() && <SaveMark />}
      <Tools />
      <RunButton />
    </header>
  );
});

function PipelineName() {
  const name = useStudio(nameOf);
  const canEdit = useStudio((state) => state.canEdit);
  return (
    <h1 className="dbar-name">
      <input
        key={name}
        aria-label="Name of the pipeline"
        title={name}
        defaultValue={name}
        readOnly={!canEdit}
        maxLength={120}
        style={{ width: `${Math.min(46, Math.max(10, name.length + 2))}ch` }}
        onBlur={(event) => {
          if (!event.target.value.trim()) event.target.value = name;
          else void studio().rename(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') {
            event.currentTarget.value = name;
            event.currentTarget.blur();
          }
        }}
      />
    </h1>
  );
}

function Tools() {
  const { canUndo, canRedo, undoLabel, redoLabel, tool, canEdit, drawer, errors, hints } = useStudioShallow(toolsOf);
  const problems = errors
    ? `${errors} ${errors === 1 ? 'problem' : 'problems'}`
    : hints
      ? `${hints} ${hints === 1 ? 'hint' : 'hints'}`
      : 'No problems';
  return (
    <div className="dbar-tools" role="toolbar" aria-label="Canvas">
      {canEdit && (
        <>
          <Tool
            icon="ti-arrow-back-up"
            label={canUndo ? `Undo: ${undoLabel}` : 'Undo'}
            keys="Ctrl Z"
            off={!canUndo}
            act={() => studio().undo()}
          />
          <Tool
            icon="ti-arrow-forward-up"
            label={canRedo ? `Redo: ${redoLabel}` : 'Redo'}
            keys="Ctrl Shift Z"
            off={!canRedo}
            act={() => studio().redo()}
          />
          <i className="dbar-line" />
          <Tool icon="ti-hierarchy" label="Tidy up" keys="T" act={() => void studio().tidy()} />
          <Tool
            icon="ti-marquee-2"
            label="Selection tool"
            keys="V"
            on={tool === 'select'}
            act={() => studio().patch({ tool: tool === 'select' ? 'pan' : 'select' })}
          />
        </>
      )}
      <Tool icon="ti-zoom-out" label="Zoom out" keys="−" act={() => void flow()?.zoomOut({ duration: 150 })} />
      <Tool icon="ti-zoom-in" label="Zoom in" keys="+" act={() => void flow()?.zoomIn({ duration: 150 })} />
      <Tool
        icon="ti-maximize"
        label="Fit everything"
        keys="F"
        act={() => void flow()?.fitView({ padding: 0.15, maxZoom: 1, duration: 200 })}
      />
      <i className="dbar-line" />
      <Tool
        icon="ti-history"
        label="Version history"
        keys="H"
        on={drawer === 'history'}
        act={() => studio().setDrawer(drawer === 'history' ? null : 'history')}
      />
      <Tool icon="ti-keyboard" label="Keyboard shortcuts" keys="?" act={() => studio().patch({ shortcuts: true })} />
      <button
        type="button"
        className={`btn btn-sm dbar-problems ${errors ? 'is-error' : ''}`}
        aria-pressed={drawer === 'problems'}
        title="List of problems (L)"
        onClick={() => studio().setDrawer(drawer === 'problems' ? null : 'problems')}
      >
        <Icon name={errors ? 'ti-alert-triangle' : hints ? 'ti-info-circle' : 'ti-circle-check'} className="me-1" />{' '}
        {problems}
      </button>
    </div>
  );
}

function Tool({
  icon,
  label,
  keys,
  off = false,
  on,
  act,
}: {
  icon: string;
  label: string;
  keys: string;
  off?: boolean;
  on?: boolean;
  act: () => void;
}) {
  return (
    <button
      type="button"
      className={`btn btn-sm btn-icon btn-ghost-secondary ${on ? 'active' : ''}`}
      aria-label={label}
      aria-pressed={on}
      title={`${label} (${keys})`}
      disabled={off}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}
