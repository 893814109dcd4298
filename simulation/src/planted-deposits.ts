import type { World } from './world.ts'

export type PlantedDeposit = ReturnType<World['scan']['database']['deposits']>[number]

/** Deposits that are stored as a node made them up for the scan, in blocks that are the chain. */
export function plantedDeposits({ scan, lies }: Pick<World, 'scan' | 'lies'>): PlantedDeposit[] {
  const canonical = new Set<string>(scan.chain.blocks().map(({ hash }) => hash))
  return scan.database
    .deposits()
    .filter(({ status }) => ['seen', 'final', 'credited'].includes(status))
    .filter(({ id, amount }) => lies.hasMadeUp(id, amount))
    .filter(({ blockHash }) => canonical.has(blockHash))
}
