import { describe, expect, it } from 'vitest';

import { columnsOf, loadingCode, profileWords, sourceFacts, sourceWords } from './about';

describe('where a run came from', () => {
  it('is told in words, the unknown as it is, and nothing twice', () => {
    const told = {
      'mlflow.user': 'ada',
      'mlflow.source.name': 'train.py',
      'mlflow.source.type': 'LOCAL',
      'mlflow.source.git.branch': 'main',
      'mlflow.gitBranchName': 'main',
      'mlflow.runName': 'x',
      'mlflow.loggedArtifacts': '[]',
      'mlflow.databricks.cluster': 'c1',
    };
    expect(sourceFacts(told).map((fact) => [fact.title, fact.value])).toEqual([
      ['Logged by', 'ada'],
      ['Script', 'train.py'],
      ['Git branch', 'main'],
      ['databricks.cluster', 'c1'],
    ]);
  });
});

describe('a logged data set', () => {
  it('names its columns', () => {
    expect(columnsOf('{"mlflow_colspec": [{"type": "double", "name": "age", "required": true}]}')).toEqual([{ name: 'age', type: 'double' }]);
  });
  it.each(['', '{', '[]', 'null', '{"mlflow_tensorspec": {}}', '{"mlflow_colspec": 3}'])('has none where its schema is %s', (schema) => expect(columnsOf(schema)).toEqual([]));
  it('counts its rows', () => {
    expect(profileWords('{"num_rows": 12345, "num_elements": 5}')).toBe('12,345 rows');
    expect(profileWords('{"features_shape": [10, 4]}')).toBe('10 × 4');
    expect(profileWords('nonsense')).toBe('');
  });
  it('says where it lies', () => {
    expect(sourceWords('{"url": "s3://bucket/x.csv"}')).toBe('s3://bucket/x.csv');
    expect(sourceWords('{"tags": {"mlflow.source.name": "nb.ipynb"}}')).toBe('nb.ipynb');
    expect(sourceWords('plain')).toBe('plain');
  });
});

it('writes the code that loads the run', () => {
  expect(loadingCode('origin', 'lab', 'abc')).toContain('mlflow.get_run("abc")');
});
