export { h, type Child, type Node } from './element.js';
export * from './format.js';
export { details, table, type Column } from './table.js';
export { draw, figure, legend, Plot, type SeriesStyle } from './plot.js';
export { renderPage } from './page.js';
