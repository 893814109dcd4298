import { fakeBalance } from '@coffer/deposits/testing/fake-balances'
import type { FakeBlock } from '@coffer/deposits/testing/fake-chain'
import { fakeTokenBalance } from '@coffer/deposits/testing/fake-tokens'
import { NATIVE } from '@coffer/deposits/testing/fake-transfers'
import { outflow } from './outflow.ts'
import { type PlantedDeposit, plantedDeposits } from './planted-deposits.ts'
import type { Room } from './room.ts'
import type { World } from './world.ts'

/** Everything that is kept of differences at once. */
const ALL = { before: undefined, limit: 1_000_000 }

type Difference = Awaited<ReturnType<World['scan']['database']['differences']['list']>>[number]

/**
 * Holds what the audit and the balance proof have told against what is so: each difference that is
 * open must be one, and every deposit that a node made up for the scan is told of by whoever
 * looked.
 */
export async function judgeBeside(room: Room, world: World): Promise<void> {
  const { scan, policy, beside } = world
  const { violations, coverage } = room
  const open = await scan.database.differences.list({ isOpen: true }, ALL)
  const canonical = new Set<string | undefined>(scan.chain.blocks().map(({ hash }) => hash))
  const standing = open.filter(({ id }) => canonical.has(beside.noticedAt(id)))
  for (const difference of standing) {
    const problem = problemOf(world, difference)
    if (problem !== undefined) violations.push(`I5: ${problem}`)
  }
  for (const planted of plantedDeposits(world)) {
    if (policy.audit && !beside.hasTold(planted.id) && !beside.isUnread(planted.blockNumber)) {
      violations.push(`I4: ${planted.id} of ${planted.amount} was made up, and no audit tells it`)
    }
    if (!policy.balanceProof || !isProvable(world, planted)) continue
    if (standing.some((each) => isAbout(each, planted)))
      coverage.saw('proof: made up deposit named')
    else violations.push(`I4: ${planted.id} was made up, and no balance tells it`)
  }
}

/** What is wrong with a difference; `undefined` where it is one. */
function problemOf({ scan }: World, difference: Difference): string | undefined {
  const { id, asset, holder, from, to, base, sent, found } = difference
  const blocks = scan.chain.blocks()
  const at = (height: bigint) => balanceOf(difference, blocks.slice(0, Number(height) + 1))
  const [trueBase, trueFound] = [at(from), at(to)]
  const name = `difference ${id} of ${asset} of ${holder}, ${from} to ${to},`
  if (base !== trueBase) return `${name} begins at ${base}, and it was ${trueBase}`
  if (found !== trueFound) return `${name} ends at ${found}, and it was ${trueFound}`
  const left = outflow(difference, blocks.slice(Number(from) + 1, Number(to) + 1))
  const detected = detectedIn(scan.database.deposits(), difference)
  // What was sent is by a node's word, or unknown: that may raise a false alarm.
  const isFalse = trueFound - trueBase - detected + left === 0n && left === sent
  return isFalse ? `${name} is explained, and open` : undefined
}

const balanceOf = ({ asset, holder }: Difference, blocks: readonly FakeBlock[]) =>
  asset === NATIVE
    ? fakeBalance(blocks, holder)
    : fakeTokenBalance(blocks, { token: asset.split(':').at(-1) ?? '', holder })

type Deposits = ReturnType<World['scan']['database']['deposits']>

/** What deposits that stand have brought, but those of which nothing is known to have moved. */
function detectedIn(deposits: Deposits, { asset, holder, from, to }: Difference): bigint {
  const unmoved = ['nothing_arrived', 'contradicted', 'unproven']
  return deposits
    .filter((each) => each.asset === asset && each.to === holder && each.from !== holder)
    .filter(({ blockNumber }) => blockNumber > from && blockNumber <= to)
    .filter(({ status }) => status !== 'orphaned' && status !== 'reversed')
    .filter(({ status, reason }) => status !== 'rejected' || !unmoved.includes(reason ?? ''))
    .reduce((sum, { amount }) => sum + amount, 0n)
}

/** Whether a balance can show it: what somebody sends of his own nobody can tell. */
function isProvable({ scan }: World, { to }: PlantedDeposit): boolean {
  return scan.chain
    .blocks()
    .every(({ transactions }) => transactions.every(({ from }) => from !== to))
}

const isAbout = ({ asset, holder, from, to }: Difference, planted: PlantedDeposit) =>
  asset === planted.asset &&
  holder === planted.to &&
  from < planted.blockNumber &&
  planted.blockNumber <= to
