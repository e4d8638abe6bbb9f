/** Common English words, by which constrained texts are built; each initial has words without an "e". */
export const WORD_BANK = (
  'ant apron amber autumn arrow acorn anvil album bird basin bronze bridge button branch basil bishop ' +
  'cat coral cabin copper candle cactus carbon cliff dawn drum dragon desert dusty domino dolphin dial ' +
  'east eager ember engine evening eagle echo elm fog fish forest flour falcon ferry fabric flint ' +
  'gold garden ginger gravel goat grain glass grid hill harbour honey hawk hammer hazel harp hollow ' +
  'ivory island iron icicle inlet iris idea ink jar jungle jacket jewel jasmin judo jolly july ' +
  'kiln kitten kernel kayak kiwi knot king kettle lamp lemon lion lantern lilac lake linen logic ' +
  'moon maple marble mango mirror mist market magnet north needle nutmeg nylon night nest noon nimbus ' +
  'oak ocean orchard olive onion orbit otter organ pond pepper pilot piano pearl pumpkin prism pasta ' +
  'quilt quartz queen quail quiet quick quarry quota river ribbon rabbit rocket raisin robin rust rhythm ' +
  'sun silver salmon spiral stone saddle sugar swan tiger tulip timber turnip tunnel teapot thorn tin ' +
  'urchin umber under ultra unit upper urban umbra violin valley velvet vapor vault vivid vista vocal ' +
  'willow walnut winter wagon wind whisky wafer wolf yarn yellow yacht yonder yogurt young yard yam ' +
  'zebra zinc zigzag zephyr zodiac zenith zloty zoom'
).split(' ');

/** Words of the bank with an initial, without any of some letters. */
export function wordsWith(initial: string, without = ''): string[] {
  return WORD_BANK.filter(
    (word) => word.startsWith(initial) && ![...without].some((letter) => word.includes(letter)),
  );
}
