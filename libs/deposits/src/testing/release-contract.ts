import { expect, test } from 'vitest'
import {
  DepositNotReleasableError,
  type ReleaseRequest,
  releaseDeposit,
} from '../usecases/release-deposit.ts'
import { CHAIN } from './fake-transfers.ts'
import {
  block,
  chainOf,
  confirmed,
  everything,
  type OpenScan,
  on,
  opened,
  pay,
  reversed,
  type ScanStoreUnderTest,
  statuses,
  suspended,
} from './scan-facts.ts'

const dust = (payment: number, at: number) => pay(payment, at, { rejection: 'below_minimum' })

const takenBack = (payment: number, revision?: number) => ({
  ...reversed(payment, revision ? { revision } : {}),
  suspended: true,
})

/** What a store promises when an operator lets go of what was not credited. */
export function releaseContract(open: OpenScan): void {
  test('takes a suspension back and confirms the deposit under the next revision', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [dust(1, 10), dust(2, 10)], 10))
    const told: unknown[] = []

    const released = await release(scan, 1, told)

    expect(released).toBe(true)
    expect(await statuses(scan)).toEqual({ 1: 'final 2', 2: 'rejected 1' })
    expect((await scan.deposits())[0]).toMatchObject({ reason: null })
    expect((await scan.events()).slice(2)).toEqual([takenBack(1), confirmed(1, { revision: 2 })])
    expect(told).toMatchObject([[{ reason: 'ticket 7' }, { reason: 'below_minimum' }]])
  })

  test('is refused the second time, and changes nothing then', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10), [dust(1, 10)], 10))
    await release(scan, 1)
    const before = await everything(scan)

    await expect(release(scan, 1)).rejects.toThrow('it is final already')

    expect(await everything(scan)).toEqual(before)
  })

  test('confirms what nothing was published of', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const doubted = pay(1, 10, { rejection: 'unproven' })
    await store.advance(on(null, chainOf(10), [doubted], 10))

    await release(scan, 1)

    expect(await statuses(scan)).toEqual({ 1: 'final 1' })
    expect(await scan.events()).toEqual([confirmed(1)])
  })

  test('is for what is final and withheld only', async () => {
    await using scan = await open()
    const store = await opened(scan)
    const transfers = [
      pay(1, 10),
      pay(2, 10, { rejection: 'asset_not_accepted' }),
      pay(3, 10, { rejection: 'internal' }),
      dust(4, 11),
      pay(5, 11, { rejection: 'unproven' }),
    ]
    await store.advance(on(null, chainOf(10, 11), transfers, 10))
    const before = await everything(scan)

    await expect(release(scan, 1)).rejects.toThrow('it is final already')
    for (const other of [2, 3]) {
      await expect(release(scan, other)).rejects.toThrow(DepositNotReleasableError)
    }
    for (const early of [4, 5]) {
      await expect(release(scan, early)).rejects.toThrow('it is not final yet')
    }

    expect(await release(scan, 9)).toBe(false)
    expect(await everything(scan)).toEqual(before)
  })

  test('waits while its chain is latched', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10), [dust(1, 10)], 10))
    await store.latch('too deep')

    await expect(release(scan, 1)).rejects.toThrow('its chain is latched')

    expect(await statuses(scan)).toEqual({ 1: 'rejected 1' })
  })

  test('holds whatever a rescan finds', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10), [dust(1, 10)], 10))
    await release(scan, 1)
    const id = await scan.requestRescan(10n, 10n)

    await store.applyRescan({ id, blocks: chainOf(10), transfers: [dust(1, 10)] })

    expect(await statuses(scan)).toEqual({ 1: 'final 2' })
    const again = confirmed(1, { revision: 2 })
    expect((await scan.events()).slice(1)).toEqual([takenBack(1), again, again])
  })

  test('is undone by a reorg, and the deposit is judged anew when it comes back', async () => {
    await using scan = await open()
    const store = await opened(scan)
    await store.advance(on(null, chainOf(10, 11), [dust(1, 11)], 11))
    await release(scan, 1)
    const told = (await scan.events()).length

    await store.rollBack({ from: block(11), to: block(10) })

    expect((await scan.events()).slice(told)).toEqual([reversed(1, { revision: 2 })])
    await expect(release(scan, 1)).rejects.toThrow('its block left the chain')
    await store.advance(on(block(10), chainOf(11.5), [dust(1, 11.5)], 11))
    expect(await statuses(scan)).toEqual({ 1: 'rejected 3' })
    expect((await scan.events()).slice(told + 1)).toEqual([suspended(1, { revision: 3 })])
    await release(scan, 1)
    expect((await scan.events()).slice(told + 2)).toEqual([
      takenBack(1, 3),
      confirmed(1, { revision: 4 }),
    ])
  })
}

function release(scan: ScanStoreUnderTest, payment: number, told: unknown[] = []) {
  const { txHash, position } = pay(payment, 1)
  const request: ReleaseRequest = { chain: CHAIN, txHash, position, reason: 'ticket 7' }
  const onReleased = (...facts: unknown[]) => told.push(facts)
  return releaseDeposit({ releases: scan.releases, chains: [CHAIN], onReleased })(request)
}
