/** Everything that a run of many seeds must have met: faults, and branches seldom taken. */
export const HAPPENINGS = [
  'chain: address registered',
  'chain: blocks mined',
  'chain: branch flipped back',
  'chain: payment before its address was registered',
  'chain: payment included again',
  'chain: payment included again with another amount',
  'chain: payment dropped',
  'chain: reorg',
  'chain: reorg of 100 blocks or more',
  'chain: reorg to a shorter branch',
  'config: token listed',
  'consumer: batch delivered again',
  'consumer: commit of an old generation refused',
  'consumer: group rewound',
  'consumer: rebalance',
  'database: failed before it did anything',
  'database: reply lost after the commit',
  'ledger: commit refused for another one',
  'ledger: credit',
  'ledger: credit after a reversal',
  'ledger: duplicate passed over',
  'ledger: reversal',
  'ledger: suspense',
  'node: away',
  'node: answer of a token null',
  'node: balance null',
  'node: block null',
  'node: block of another height',
  'node: block on another parent',
  'node: block with another parent and a right hash',
  'node: lagging',
  'node: log forged',
  'node: log missing',
  'node: log of another amount',
  'node: log of another receiver',
  'node: log removed',
  'node: old head',
  'node: receipt null',
  'node: receipts cut',
  'node: receipts null',
  'node: receipts of another block',
  'node: status flipped',
  'node: transaction null',
  'node: transaction of another block',
  'node: traces cut',
  'node: traces empty',
  'node: traces null',
  'node: traces of another transaction',
  'process: accounts killed',
  'process: all killed',
  'process: bookings killed',
  'process: frozen',
  'process: relay killed',
  'process: scanner killed',
  'record: asset_halted',
  'record: asset_not_accepted',
  'record: internal',
  'relay: broker failed after storing',
  'relay: broker failed before storing',
  'relay: lease ended',
  'scan: 100 blocks or more taken back',
  'scan: blocks taken back',
  'scan: latch lifted',
  'scan: latched',
  'scan: lease ended',
  'scan: published deposits taken back',
  'scan: rescan added a deposit',
  'scan: rescan published again',
  'scan: rescan requested',
  'scan: suspended, or taken back again',
  'scan: SCAN_BLOCK_MISSING',
  'scan: SCAN_BLOCK_PROOF',
  'scan: SCAN_CHAIN_INCONSISTENT',
  'scan: SCAN_LEASE_LOST',
  'scan: SCAN_RESCAN_MOVED',
  'scan: SCAN_TOKEN_ANSWER',
  'seed: a reorg took blocks back',
] as const

export type Happening = (typeof HAPPENINGS)[number]

/** How often each happened. */
export type Coverage = {
  /** Once, or `times`. */
  saw(happening: Happening, times?: number): void
  counts(): ReadonlyMap<Happening, number>
}

export function openCoverage(): Coverage {
  const counts = new Map<Happening, number>(HAPPENINGS.map((each) => [each, 0]))
  return {
    saw: (happening, times = 1) => counts.set(happening, (counts.get(happening) ?? 0) + times),
    counts: () => counts,
  }
}

const KNOWN: ReadonlySet<string> = new Set(HAPPENINGS)

export const isHappening = (text: string): text is Happening => KNOWN.has(text)
