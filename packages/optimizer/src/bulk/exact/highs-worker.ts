/** A worker thread that solves integer programs with HiGHS, which blocks the thread that calls it. */
import { parentPort } from 'node:worker_threads';
import highsModule from 'highs';
import type { HighsReply, HighsRequest, HighsSolution } from './solve-program.js';

const port = parentPort;
if (port === null) throw new Error('highs-worker runs in a worker thread only');

/** Its declarations describe the CommonJS build; the ES module's default export is the loader. */
const loadHighs = highsModule as unknown as typeof highsModule.default;
const highs = await loadHighs();
const { objectiveSense, modelStatus, variableType } = highs.constants;

port.on('message', (request: HighsRequest) => port.postMessage(answer(request)));

function answer(request: HighsRequest): HighsReply {
  try {
    return { kind: 'solution', solution: solve(request) };
  } catch (error) {
    return { kind: 'failed', problem: error instanceof Error ? error.message : String(error) };
  }
}

function solve({ program, timeLimitS, absoluteGap }: HighsRequest): HighsSolution {
  const { cost, rowLower, rowUpper, starts, rows, coefficients, start } = program;
  const columns = cost.length;
  const source = {
    numCols: columns,
    numRows: rowLower.length,
    sense: objectiveSense.minimize,
    colCost: cost,
    colLower: new Float64Array(columns),
    colUpper: new Float64Array(columns).fill(1),
    rowLower,
    rowUpper,
    matrix: {
      format: 'csc' as const,
      numRows: rowLower.length,
      numCols: columns,
      starts,
      indices: rows,
      values: coefficients,
    },
    integrality: new Int32Array(columns).fill(variableType.integer),
  };
  return highs.withModel(source, (model) => {
    model.options.set({
      output_flag: false,
      time_limit: timeLimitS,
      mip_rel_gap: 0,
      mip_abs_gap: absoluteGap,
      mip_feasibility_tolerance: 1e-9,
      primal_feasibility_tolerance: 1e-9,
    });
    model.setSolution({ colValue: start });
    model.run();
    return {
      optimal: model.getModelStatus() === modelStatus.optimal,
      values: model.getSolution().colValue,
      bound: Number(model.info.get('mip_dual_bound')),
    };
  });
}
