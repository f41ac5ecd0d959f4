import { expect, it } from 'vitest';

import { panelsOf } from './machine';

it('puts the same quantity of several cards into one picture', () => {
  const keys = ['system/gpu_1_utilization_percentage', 'system/gpu_0_utilization_percentage', 'system/cpu_utilization_percentage', 'system/network_receive_megabytes', 'system/network_transmit_megabytes', 'system/odd'];
  expect(panelsOf(keys).map((panel) => [panel.title, panel.unit, panel.keys.map((line) => line.name)])).toEqual([
    ['Processor', '%', ['Processor']],
    ['GPU utilization', '%', ['GPU 0', 'GPU 1']],
    ['Network', 'MB', ['Received', 'Sent']],
    ['Odd', '', ['Odd']],
  ]);
});
