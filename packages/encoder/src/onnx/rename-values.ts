import type { GraphProto, NodeProto } from './model-proto.js';

/**
 * Renames every value and node of a graph, subgraphs included, in place. A subgraph sees the
 * values of its parents, so one rule serves all levels. The empty name (an omitted optional input)
 * stays empty.
 */
export function renameValues(graph: GraphProto, rename: (value: string) => string): void {
  const renamed = (value: string): string => (value === '' ? '' : rename(value));
  const renameOwn = (owner: { name?: string } | undefined): void => {
    if (owner?.name !== undefined) owner.name = renamed(owner.name);
  };
  for (const node of graph.node) {
    node.input = node.input.map(renamed);
    node.output = node.output.map(renamed);
    renameOwn(node);
    for (const subgraph of subgraphs(node)) renameValues(subgraph, rename);
  }
  graph.initializer.forEach(renameOwn);
  graph.sparseInitializer?.forEach(({ values }) => renameOwn(values));
  [graph.input, graph.output, graph.valueInfo ?? []].flat().forEach(renameOwn);
  for (const annotation of graph.quantizationAnnotation ?? []) {
    if (annotation.tensorName !== undefined) annotation.tensorName = renamed(annotation.tensorName);
    for (const parameter of annotation.quantParameterTensorNames ?? []) {
      if (parameter.value !== undefined) parameter.value = renamed(parameter.value);
    }
  }
}

/** The graphs inside a node: the branches of an `If`, the body of a `Loop`. */
export function subgraphs(node: NodeProto): GraphProto[] {
  return (node.attribute ?? []).flatMap(({ g, graphs }) => [...(g ? [g] : []), ...(graphs ?? [])]);
}
