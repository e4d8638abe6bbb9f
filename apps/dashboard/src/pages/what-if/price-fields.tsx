import { NumberInput } from '@mantine/core';

export interface Price {
  input: number;
  output: number;
}

/** USD per million tokens, in and out. */
export function PriceFields(props: { of: string; price: Price; onChange: (price: Price) => void }) {
  const { of, price, onChange } = props;
  return (
    <>
      {(['input', 'output'] as const).map((side) => (
        <NumberInput
          key={side}
          label={`${side === 'input' ? 'In' : 'Out'}, USD/Mtok`}
          aria-label={`${side} price of ${of}`}
          min={0}
          decimalScale={4}
          w={120}
          value={price[side]}
          onChange={(value) => typeof value === 'number' && onChange({ ...price, [side]: value })}
        />
      ))}
    </>
  );
}
