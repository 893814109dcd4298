import { randomUUID } from 'node:crypto'
import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { ChainBlock, ReadPayouts, ReconciledChain } from '../chain-ports.ts'
import type { Finding } from '../domain/finding.ts'
import { judgeCustody } from '../domain/judge-custody.ts'
import { payoutSubject } from '../domain/judge-payouts.ts'
import { addedCounts, type Run, type RunProgress } from '../domain/run.ts'
import { type Settled, settleFindings } from '../domain/settle-findings.ts'
import type { ChainRoom, Rooms } from '../ports.ts'
import { creditFindings } from './credit-findings.ts'
import { keepSettled } from './keep-settled.ts'
import { payoutFindings } from './payout-findings.ts'

export type ReconcileChainOptions = {
  rooms: Rooms
  chains: readonly ReconciledChain[]
  payouts: ReadPayouts
  now: () => Date
  /** How long what is on its way into our books is waited for before it differs, milliseconds. */
  settleMs: number
  /** Addresses whose balances are asked for in one step, and transactions looked at in one. */
  pageSize?: number
}

type ChainProgress = Extract<RunProgress, { scope: 'chain' }>
type Step = (run: Run, progress: ChainProgress) => Promise<Run | undefined>

/** Payouts may be stored this much later than their time says, by clocks that differ. */
const LOOK_BACK_MS = 3_600_000

/** While something is waited for it is looked at again after this, milliseconds. */
const LOOK_AGAIN_MS = 2_000

/**
 * Does the next step of holding our books against a chain at one final block: credits against their
 * transfers, payouts against their transactions, then what all our addresses hold against custody,
 * by the page. Answers the run after that; `undefined` if somebody else has gone on with it
 * meanwhile.
 */
export function reconcileChain(
  options: ReconcileChainOptions,
): (run: Run) => Promise<Run | undefined> {
  const steps: Readonly<Record<ChainProgress['phase'], (chain: ReconciledChain) => Step>> = {
    block: (chain) => chooseBlock(options, chain),
    credits: (chain) => checkCredits(options, chain),
    payouts: (chain) => checkPayouts(options, chain),
    balances: (chain) => addBalances(options, chain),
    comparing: (chain) => compare(options, chain),
  }
  return async (run) => {
    const chain = options.chains.find((each) => each.chain === run.place)
    const { progress } = run
    if (chain === undefined || progress.scope !== 'chain') {
      throw new Error(`Run ${run.id} is of ${run.place}, which is not reconciled here.`)
    }
    return await steps[progress.phase](chain)(run, progress)
  }
}

const chooseBlock =
  ({ rooms }: ReconcileChainOptions, { chain, nodes }: ReconciledChain): Step =>
  async (run, progress) => {
    const { number, hash, at } = await nodes.finalBlock()
    const block = { number: `${number}`, hash, at: at.toISOString() }
    return await rooms(async (room) => {
      if (!(await room.lockRun(run))) return undefined
      const creditsAfter = run.isWhole ? undefined : await room.creditPlace(chain)
      const last = run.isWhole ? undefined : await room.lastReconciled(chain)
      const since = last && new Date(last.getTime() - LOOK_BACK_MS).toISOString()
      const next: ChainProgress = {
        ...{ ...progress, phase: 'credits', block },
        ...(creditsAfter === undefined ? {} : { creditsAfter }),
        ...(since === undefined ? {} : { payoutsSince: since }),
      }
      return await room.saveRun(withProgress(run, next))
    })
  }

/**
 * Credits of later blocks than the run's are left to a later run. Others may be booked behind them,
 * so that only a page of nothing else is the last.
 */
const checkCredits =
  ({ rooms, now, pageSize = 500 }: ReconcileChainOptions, chain: ReconciledChain): Step =>
  async (run, progress) => {
    const { at } = blockOf(progress)
    const page = await chain.books.deposits(progress.creditsAfter, pageSize)
    const deposits = page.deposits.filter(({ eventAt }) => eventAt <= at)
    const isLast = page.place === undefined || (deposits.length === 0 && page.deposits.length > 0)
    const leavesOut = progress.leavesOut || deposits.length < page.deposits.length
    const checked = deposits.filter(({ isReversed }) => !isReversed)
    const findings = await creditFindings(chain, checked)
    return await rooms(async (room) => {
      if (!(await room.lockRun(run))) return undefined
      const subjects = deposits.map(({ reference }) => reference)
      const settled = await settleAbout(room, chain, { subjects, findings, at: now() })
      const { place } = page
      if (place !== undefined && !leavesOut && !run.isWhole) {
        await room.moveCreditPlace(chain.chain, place)
      }
      const next: ChainProgress = isLast
        ? { ...progress, phase: 'payouts' }
        : {
            ...progress,
            ...(place === undefined ? {} : { creditsAfter: place }),
            ...(leavesOut ? { leavesOut } : {}),
          }
      return await room.saveRun(counted(withProgress(run, next), checked.length, settled))
    })
  }

type Found = { subjects: readonly string[]; findings: readonly Finding[]; at: Date }

/** Keeps what was found of these subjects, and closes what of them is no more. */
async function settleAbout(
  room: ChainRoom,
  { chain }: ReconciledChain,
  { subjects, findings, at }: Found,
): Promise<Settled> {
  const known = await room.differencesAbout(chain, subjects)
  const settled = settleFindings(findings, known, { newId: randomUUID, now: at })
  await keepSettled(room, settled, at)
  return settled
}

const checkPayouts =
  (options: ReconcileChainOptions, chain: ReconciledChain): Step =>
  async (run, progress) => {
    const { rooms, now, pageSize = 500 } = options
    const { payoutsSince: since, payoutsAfter: after } = progress
    const payouts = await options.payouts({
      ...{ chain: chain.chain, until: blockOf(progress).number, limit: pageSize },
      since: since === undefined ? undefined : new Date(since),
      after: after && { ...after, endedAt: new Date(after.endedAt) },
    })
    const findings = await payoutFindings(chain, payouts)
    return await rooms(async (room) => {
      if (!(await room.lockRun(run))) return undefined
      const subjects = payouts.map(({ id }) => payoutSubject(id))
      const settled = await settleAbout(room, chain, { subjects, findings, at: now() })
      const last = payouts.at(-1)
      const next: ChainProgress =
        last === undefined || payouts.length < pageSize
          ? { ...progress, phase: 'balances' }
          : { ...progress, payoutsAfter: { id: last.id, endedAt: last.endedAt.toISOString() } }
      return await room.saveRun(counted(withProgress(run, next), payouts.length, settled))
    })
  }

const addBalances =
  ({ rooms, pageSize = 500 }: ReconcileChainOptions, chain: ReconciledChain): Step =>
  async (run, progress) => {
    const after = progress.addressAfter as Address | undefined
    const watched = await chain.holders.page(after, pageSize)
    const own = after === undefined ? await ownOf(chain) : []
    const holders = [...own, ...watched]
    const assets = chain.assets.map(({ id }) => id)
    const sums = await chain.nodes.balances(blockOf(progress), holders, assets)
    const last = watched.at(-1)
    const next: ChainProgress = {
      ...progress,
      phase: last === undefined || watched.length < pageSize ? 'comparing' : 'balances',
      ...(last === undefined ? {} : { addressAfter: last }),
      sums: Object.fromEntries(
        assets.map((asset) => {
          const before = BigInt(progress.sums[asset] ?? '0')
          return [asset, `${before + (sums.get(asset) ?? 0n)}`]
        }),
      ),
    }
    return await rooms(async (room) => {
      if (!(await room.lockRun(run))) return undefined
      return await room.saveRun(counted(withProgress(run, next), holders.length))
    })
  }

/** Our own addresses that nobody watches: each counts once. */
async function ownOf({ ownAddresses, holders }: ReconciledChain): Promise<Address[]> {
  const watched = await holders.ownersOf(ownAddresses)
  return [...new Set(ownAddresses)].filter((address) => !watched.has(address))
}

/** What is not booked so far changes the past when it is: so it is waited for. */
const compare =
  ({ rooms, now, settleMs }: ReconcileChainOptions, chain: ReconciledChain): Step =>
  async (run, progress) => {
    const block = blockOf(progress)
    const assets = chain.assets.map(({ id }) => id)
    return await rooms(async (room) => {
      if (!(await room.lockRun(run))) return undefined
      const custody = await chain.books.custody(assets, block.at)
      const open = await room.openOf(chain.chain)
      const findings = assets.flatMap((asset): Finding[] => {
        const books = custody.get(asset)
        if (books === undefined) throw new Error(`The ledger says nothing of ${asset}.`)
        const onChain = BigInt(progress.sums[asset] ?? '0')
        const facts = { asset, onChain, ...books, open, block: block.number, at: block.at }
        return judgeCustody({ chain: chain.chain, ...facts })
      })
      const subjects = new Set(assets.flatMap(custodySubjects))
      const known = open.filter(({ subject }) => subjects.has(subject))
      const at = now()
      const settled = settleFindings(findings, known, { newId: randomUUID, now: at })
      const isSettling = at.getTime() < run.startedAt.getTime() + settleMs
      if (settled.opened.length > 0 && isSettling) {
        return await room.saveRun({ ...run, dueAt: new Date(at.getTime() + LOOK_AGAIN_MS) })
      }
      await keepSettled(room, settled, at)
      const done: Run = { ...run, status: 'done', finishedAt: at }
      return await room.saveRun(counted(done, assets.length, settled))
    })
  }

const custodySubjects = (asset: AssetId): string[] => [`custody of ${asset}`, `owed of ${asset}`]

function blockOf({ block }: ChainProgress): ChainBlock {
  if (block === undefined) throw new Error('The run has chosen no block.')
  const { number, hash, at } = block
  return { number: BigInt(number), hash: hash as ChainBlock['hash'], at: new Date(at) }
}

const withProgress = (run: Run, progress: ChainProgress): Run => ({
  ...run,
  progress,
  failures: 0,
  lastError: undefined,
})

const counted = (run: Run, checked: number, settled?: Settled): Run => ({
  ...run,
  counts: addedCounts(run.counts, {
    checked,
    opened: settled?.opened.length ?? 0,
    explained: settled?.explained.length ?? 0,
  }),
})
