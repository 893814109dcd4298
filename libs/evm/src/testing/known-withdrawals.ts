/** Amounts in gwei of the first withdrawals, to one address, and of the rest, to another. */
const AMOUNTS = [
  [
    ...[18_586_637, 18_506_257, 18_582_733, 99_072_521],
    ...[193_149_898, 18_554_941, 18_496_467, 18_605_917],
  ],
  [
    ...[18_450_964, 18_572_260, 18_574_601, 18_427_336],
    ...[18_509_732, 18_425_384, 18_501_868, 18_525_711],
  ],
]
const ADDRESSES = [
  '0xb80efae34a4be9f813a5860ed017fc9b80751ed1',
  '0xc3ac331fccaa09b838eaf49508dec77e11bfa9d4',
]
const [INDEX, VALIDATOR] = [47_650_091, 705_634]

const hex = (value: number) => `0x${value.toString(16)}`

/** The withdrawals of a block of Ethereum of June 2024. */
export const ETHEREUM_WITHDRAWALS = AMOUNTS.flatMap((amounts, at) =>
  amounts.map((amount) => ({ amount: hex(amount), address: ADDRESSES[at] as string })),
).map((each, at) => ({
  ...each,
  index: hex(INDEX + at),
  validatorIndex: hex(VALIDATOR + at),
}))

/** What the header of that block says they make up. */
export const ETHEREUM_WITHDRAWALS_ROOT =
  '0xda98da020658fc6fdadae1996dc260144d873485754b9090ecf8d1c54920efd1'
