import type { AssignmentProblem } from './assignment-problem.js';
import { MoveHeap } from './move-heap.js';

/** The reward of a cell: `value · its value − load · its load`. */
export interface Reward {
  readonly value: number;
  readonly load: number;
}

/** Below this many cells every move is kept in the heaps from the start. */
const SMALL = 20_000;
/** The first horizon, in mean leads of the best reward of a query over its second. */
const FIRST_HORIZON = 0.2;
const WIDENING = 8;
const MAX_WIDENINGS = 6;

/**
 * The assignment problem without its limit: the choice of greatest total reward that keeps the
 * capacities. A transportation problem, so that its linear relaxation has a whole solution, found by
 * successive shortest paths (Ahuja, Magnanti & Orlin 1993, section 9.7) on a graph of the models and
 * one node for the unused calls: the arc from model j to k is the query at j that loses least by
 * moving to k.
 *
 * Every query first takes the model of greatest reward less price; paths then mend the capacities,
 * few of them when the prices of an earlier, similar problem are kept. The heaps behind the arcs hold
 * only moves that lose less than a horizon, which widens when a path would need more.
 */
export class Transport {
  /** The chosen model of each query; overwritten by the next `solve`. */
  readonly choice: Int32Array;
  readonly calls: Int32Array;
  /** Reward per further call of each model: the dual solution. Kept as the start of the next `solve`. */
  readonly prices: Float64Array;

  readonly #problem: AssignmentProblem;
  readonly #capacity: Float64Array;
  readonly #capped: boolean;
  readonly #heaps: MoveHeap[];
  readonly #length: Float64Array;
  readonly #known: Uint8Array;
  readonly #used: Float64Array;
  readonly #potential: Float64Array;
  /** Prices that the horizon is measured at. */
  readonly #origin: Float64Array;
  /** Per query: how far its model leads at those prices; −1 once it was moved. */
  readonly #lead: Float64Array;
  readonly #distance: Float64Array;
  readonly #parent: Int32Array;
  readonly #done: Uint8Array;
  #horizon = Infinity;
  #widenings = 0;
  #value = 0;
  #load = 0;

  constructor(problem: AssignmentProblem) {
    const { queries, models } = problem;
    this.#problem = problem;
    this.choice = new Int32Array(queries);
    this.calls = new Int32Array(models);
    this.prices = new Float64Array(models);
    this.#capacity = problem.capacity.map((capacity) => Math.min(capacity, queries));
    this.#capped = problem.capacity.some((capacity) => capacity < queries);
    this.#heaps = this.#capped ? Array.from({ length: models * models }, () => new MoveHeap()) : [];
    this.#length = new Float64Array(models * models);
    this.#known = new Uint8Array(models * models);
    this.#used = new Float64Array(models);
    this.#potential = new Float64Array(models + 1);
    this.#origin = new Float64Array(models + 1);
    this.#lead = new Float64Array(this.#capped ? queries : 0);
    this.#distance = new Float64Array(models + 1);
    this.#parent = new Int32Array(models + 1);
    this.#done = new Uint8Array(models + 1);
  }

  /**
   * @param reward coefficients ≥ 0.
   * @returns how many queries find no room: 0 when every capacity is kept. The least possible; the
   *   models above their capacity are then those that would have to take more.
   */
  solve(reward: Reward): number {
    this.#value = reward.value;
    this.#load = reward.load;
    const meanLead = this.#takeBest();
    if (!this.#capped) return 0;
    const { queries, models } = this.#problem;
    const small = queries * models <= SMALL || meanLead === 0;
    this.#horizon = small ? Infinity : FIRST_HORIZON * meanLead;
    this.#widenings = 0;
    this.#potential.set(this.prices);
    this.#potential[models] = 0;
    this.#origin.set(this.#potential);
    let unused = -queries;
    for (let m = 0; m < models; m++) {
      this.#used[m] =
        this.prices[m] > 0 ? this.#capacity[m] : Math.min(this.calls[m], this.#capacity[m]);
      unused += this.#used[m];
    }
    const homeless = this.#mend(unused);
    const base = this.#potential[models];
    for (let m = 0; m < models; m++) this.prices[m] = Math.max(0, this.#potential[m] - base);
    return homeless;
  }

  /**
   * Each query takes the greatest reward less price; of equal ones the lesser load.
   * @returns the mean lead of the best over the second.
   */
  #takeBest(): number {
    const { queries, models, value, load } = this.#problem;
    const a = this.#value;
    const b = this.#load;
    const { prices, choice, calls } = this;
    const leads = this.#lead;
    calls.fill(0);
    let sum = 0;
    for (let i = 0, cell = 0; i < queries; i++) {
      let best = -1;
      let bestNet = -Infinity;
      let second = -Infinity;
      for (let m = 0; m < models; m++, cell++) {
        const net = a * value[cell] - b * load[cell] - prices[m];
        if (net > bestNet) {
          second = bestNet;
          bestNet = net;
          best = m;
        } else if (net > second) {
          second = net;
          if (net === bestNet && load[cell] < load[i * models + best]) best = m;
        }
      }
      choice[i] = best;
      calls[best]++;
      const lead = bestNet - second;
      if (this.#capped) leads[i] = lead;
      if (lead < Infinity) sum += lead;
    }
    return sum / queries;
  }

  /** Sends units from the models above their capacity along shortest paths until none is left. */
  #mend(unused: number): number {
    const { models } = this.#problem;
    const excess = new Float64Array(models + 1);
    let open = 0;
    for (let m = 0; m < models; m++) {
      excess[m] = this.calls[m] - this.#used[m];
      if (excess[m] > 0) open += excess[m];
    }
    excess[models] = unused;
    if (unused > 0) open += unused;
    if (open === 0) return 0;
    this.#fillHeaps();
    while (open > 0) {
      const target = this.#shortestPath(excess);
      if (target < 0) {
        if (this.#horizon === Infinity) return open;
        this.#widen();
        continue;
      }
      if (!this.#pathIsKnown(target)) {
        this.#widen();
        continue;
      }
      const reach = this.#distance[target];
      for (let v = 0; v <= models; v++)
        this.#potential[v] += reach - Math.min(this.#distance[v], reach);
      excess[target]++;
      excess[this.#send(target)]--;
      open--;
    }
    return 0;
  }

  /** Dijkstra with potentials, from every node with an excess to the nearest with a deficit; −1 = none. */
  #shortestPath(excess: Float64Array): number {
    const { models } = this.#problem;
    const distance = this.#distance;
    const parent = this.#parent;
    const done = this.#done;
    const potential = this.#potential;
    for (let v = 0; v <= models; v++) {
      distance[v] = excess[v] > 0 ? 0 : Infinity;
      parent[v] = -1;
      done[v] = 0;
    }
    for (;;) {
      let nearest = -1;
      for (let v = 0; v <= models; v++)
        if (done[v] === 0 && (nearest < 0 || distance[v] < distance[nearest])) nearest = v;
      if (nearest < 0 || distance[nearest] === Infinity) return -1;
      if (excess[nearest] < 0) return nearest;
      done[nearest] = 1;
      for (let v = 0; v <= models; v++) {
        if (done[v] === 1) continue;
        const length = this.#arc(nearest, v) + potential[v] - potential[nearest];
        const through = distance[nearest] + Math.max(0, length);
        if (through < distance[v]) {
          distance[v] = through;
          parent[v] = nearest;
        }
      }
    }
  }

  /** Reward lost by moving one unit from u to v; the last node holds the unused calls. */
  #arc(u: number, v: number): number {
    const { models } = this.#problem;
    if (u === models) return this.#used[v] > 0 ? 0 : Infinity;
    if (v === models) return this.#used[u] < this.#capacity[u] ? 0 : Infinity;
    return this.#length[u * models + v];
  }

  #pathIsKnown(target: number): boolean {
    const { models } = this.#problem;
    for (let v = target; this.#parent[v] >= 0; v = this.#parent[v]) {
      const u = this.#parent[v];
      if (u < models && v < models && this.#known[u * models + v] === 0) return false;
    }
    return true;
  }

  /** Moves one unit along the path to `target` and returns where it came from. */
  #send(target: number): number {
    const { models } = this.#problem;
    const moves: { query: number; from: number; to: number }[] = [];
    let v = target;
    for (; this.#parent[v] >= 0; v = this.#parent[v]) {
      const u = this.#parent[v];
      if (v === models) this.#used[u]++;
      else if (u === models) this.#used[v]--;
      else moves.push({ query: this.#heaps[u * models + v].topQuery, from: u, to: v });
    }
    for (const { query, from, to } of moves) {
      this.choice[query] = to;
      this.#lead[query] = -1;
      this.calls[from]--;
      this.calls[to]++;
    }
    for (const { query, from, to } of moves) {
      this.#offer(query, to);
      this.#refresh(from);
      this.#refresh(to);
    }
    return v;
  }

  #fillHeaps(): void {
    const { queries, models } = this.#problem;
    for (const heap of this.#heaps) heap.clear();
    for (let i = 0; i < queries; i++)
      if (this.#lead[i] <= this.#horizon) this.#offer(i, this.choice[i]);
    for (let m = 0; m < models; m++) this.#refresh(m);
  }

  #widen(): void {
    this.#horizon = ++this.#widenings < MAX_WIDENINGS ? this.#horizon * WIDENING : Infinity;
    this.#fillHeaps();
  }

  /** Puts the moves of a query away from its model, as far as the horizon, into the heaps. */
  #offer(query: number, at: number): void {
    const { models, value, load } = this.#problem;
    const a = this.#value;
    const b = this.#load;
    const origin = this.#origin;
    const row = query * models;
    const reward = a * value[row + at] - b * load[row + at];
    const most = this.#horizon + origin[at];
    for (let m = 0; m < models; m++) {
      const loss = reward - (a * value[row + m] - b * load[row + m]);
      if (loss <= most - origin[m] && m !== at) this.#heaps[at * models + m].push(loss, query);
    }
  }

  /** Drops the queries that have left from the tops of a model's heaps and notes the arcs' lengths. */
  #refresh(from: number): void {
    const { models } = this.#problem;
    for (let m = 0; m < models; m++) {
      if (m === from) continue;
      const heap = this.#heaps[from * models + m];
      while (heap.size > 0 && this.choice[heap.topQuery] !== from) heap.pop();
      const beyond = this.#horizon + this.#origin[from] - this.#origin[m];
      const arc = from * models + m;
      this.#known[arc] = heap.topKey <= beyond ? 1 : 0;
      this.#length[arc] = Math.min(heap.topKey, beyond);
    }
  }
}
