/** A unit: its dimension and its size in the dimension's base unit (temperature also has an offset). */
export interface Unit {
  dimension: string;
  factor: number;
  offset: number;
}

type Row = [names: string, factor: number, offset?: number];

/** Names are separated by spaces; plurals in -s are understood. */
const TABLE: Record<string, Row[]> = {
  length: [
    ['mm millimetre millimeter', 1e-3],
    ['cm centimetre centimeter', 1e-2],
    ['dm decimetre decimeter', 0.1],
    ['m metre meter', 1],
    ['km kms kilometre kilometer', 1e3],
    ['in inch inches', 0.0254],
    ['ft foot feet', 0.3048],
    ['yd yard', 0.9144],
    ['mi mile', 1609.344],
    ['nm nanometre nanometer', 1e-9],
    ['µm μm um micrometre micrometer', 1e-6],
  ],
  mass: [
    ['mg milligram', 1e-6],
    ['g gram', 1e-3],
    ['kg kilogram kilo', 1],
    ['t tonne', 1e3],
    ['lb lbs pound', 0.45359237],
    ['oz ounce', 0.028349523125],
  ],
  time: [
    ['ms millisecond', 1e-3],
    ['s sec second', 1],
    ['m min minute', 60],
    ['h hr hrs hour', 3600],
    ['d day', 86400],
    ['week wk wks', 604800],
  ],
  volume: [
    ['ml millilitre milliliter', 1e-3],
    ['cl centilitre centiliter', 1e-2],
    ['dl decilitre deciliter', 0.1],
    ['l litre liter', 1],
    ['m³ m^3 m^(3)', 1e3],
    ['cm³ cm^3 cm^(3)', 1e-3],
  ],
  area: [
    ['cm² cm^2 cm^(2)', 1e-4],
    ['m² m^2 m^(2)', 1],
    ['km² km^2 km^(2)', 1e6],
    ['ha hectare', 1e4],
  ],
  speed: [
    ['m/s', 1],
    ['km/h kph kmh', 1 / 3.6],
    ['mph', 0.44704],
  ],
  temperature: [
    ['k kelvin', 1],
    ['°c c celsius', 1, 273.15],
    ['°f f fahrenheit', 5 / 9, 459.67 * (5 / 9)],
  ],
  data: [
    ['bit', 0.125],
    ['b byte', 1],
    ['kb kilobyte', 1e3],
    ['mb megabyte', 1e6],
    ['gb gigabyte', 1e9],
  ],
  energy: [
    ['j joule', 1],
    ['kj kilojoule', 1e3],
    ['kwh', 3.6e6],
    ['cal calorie', 4.184],
    ['kcal kilocalorie', 4184],
  ],
  power: [
    ['w watt', 1],
    ['kw kilowatt', 1e3],
  ],
  force: [
    ['n newton', 1],
    ['kn kilonewton', 1e3],
  ],
  current: [
    ['ma milliamp milliampere', 1e-3],
    ['a amp ampere', 1],
  ],
  voltage: [
    ['v volt', 1],
    ['mv millivolt', 1e-3],
  ],
  resistance: [['ω Ω ohm', 1]],
  frequency: [
    ['hz hertz', 1],
    ['khz kilohertz', 1e3],
  ],
  pressure: [
    ['pa pascal', 1],
    ['kpa kilopascal', 1e3],
    ['atm atmosphere', 101325],
    ['bar', 1e5],
  ],
  amount: [['mol mole', 1]],
  'molar mass': [['g/mol', 1]],
  dollars: [
    ['$ usd dollar', 1],
    ['cent ¢', 0.01],
  ],
  euros: [['€ eur euro', 1]],
  pounds: [['£ gbp', 1]],
  angle: [
    ['° deg degree', 1],
    ['rad radian', 180 / Math.PI],
  ],
  ratio: [['% percent', 1]],
};

const UNITS = Object.entries(TABLE).flatMap(([dimension, rows]) =>
  rows.flatMap(([names, factor, offset = 0]) =>
    names.split(' ').map((name) => ({ name, unit: { dimension, factor, offset } satisfies Unit })),
  ),
);

/**
 * The unit a word names, or undefined. A name with several meanings (`m`) is read in the dimension
 * that is expected when it has a meaning there.
 */
export function findUnit(word: string, expectedDimension?: string): Unit | undefined {
  const name = word.toLowerCase().replace(/\.$/, '');
  const named = UNITS.filter(
    (row) => row.name === name || (row.name.length > 2 && `${row.name}s` === name),
  ).map((row) => row.unit);
  return named.find((unit) => unit.dimension === expectedDimension) ?? named[0];
}

/** A value given in one unit, in another of the same dimension; NaN across dimensions. */
export function convert(value: number, from: Unit, to: Unit): number {
  if (from.dimension !== to.dimension) return NaN;
  return (value * from.factor + from.offset - to.offset) / to.factor;
}
