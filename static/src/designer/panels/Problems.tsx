/** Everything that is in the way of a run, with the way to it. */
import { nodeOf } from '../graph/document';
import { Icon } from '../nodes/Icon';
import { type Studio, studio, useStudioShallow } from '../store';
import type { Problem } from '../api';

const shown = (state: Studio) => ({ problems: state.problems, graph: state.graph, failed: state.checkFailed });

export function Problems() {
  const { problems, graph, failed } = useStudioShallow(shown);
  const sorted = [...problems].sort(
    (one, other) => Number(one.severity === 'warning') - Number(other.severity === 'warning'),
  );
  return (
    <>
      {failed && (
        <p className="dfield-warning">
          <Icon name="ti-info-circle" /> The check could not be made just now: {failed}
        </p>
      )}
      {!problems.length && !failed && (
        <p className="ddrawer-empty">
          <Icon name="ti-circle-check" />{' '}
          {graph.nodes.length ? 'No problems: this pipeline can run.' : 'The canvas is empty.'}
        </p>
      )}
      <ul className="dproblems">
        {sorted.map((problem) => (
          <li key={`${problem.code} ${problem.node} ${problem.port} ${problem.param} ${problem.message}`}>
            <button type="button" onClick={() => goTo(problem)}>
              <Icon
                name={problem.severity === 'error' ? 'ti-alert-triangle' : 'ti-info-circle'}
                className={problem.severity === 'error' ? 'text-danger' : 'text-warning'}
              />
              <span>
                <span className="visually-hidden">{problem.severity === 'error' ? 'Error: ' : 'Hint: '}</span>
                {problem.message}
                {problem.node && <small>{nodeOf(graph, problem.node)?.title ?? 'a node that is gone'}</small>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function goTo({ node, param }: Problem): void {
  if (!node || !nodeOf(studio().graph, node)) return;
  studio().goTo(node);
  studio().openNode(node, param);
}
