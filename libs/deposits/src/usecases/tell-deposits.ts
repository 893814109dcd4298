import { setTimeout } from 'node:timers/promises'
import { streamPlace } from '../domain/stream-place.ts'
import type { Audience, ChangesMoment, DepositChanges, StreamedDeposit } from '../stream-ports.ts'

/** Who is told. */
export type Listener = {
  audience: Audience
  tell(event: { id: string; deposit: StreamedDeposit['deposit'] }): void
  /** Waits until it has taken what it was told, or is gone. */
  taken(): Promise<void>
  /** Whether it takes more slowly than it is told. */
  isBehind(): boolean
  /** That nothing happened for a while. */
  beat(): void
  /** Whether it may still listen: its key may have been revoked. */
  isAllowed(): boolean | Promise<boolean>
  end(): void
}

export type TellDepositsOptions = {
  changes: DepositChanges
  /** Told of each failure to read; listeners wait until it works again. */
  onFailure: (error: unknown) => void
  pauseMs?: number
  /** How often who is told nothing hears that the stream lives. */
  beatMs?: number
}

type Known = { from: bigint; toldAt: number }

/** Told at once at most. Who is to be told more is told as they take it. */
const PART = 200

/**
 * Tells listeners what happens to deposits: each change, and with each block how many confirmations
 * those have that wait. However many listen, it reads once for all of them, and nothing while
 * nobody does.
 */
export function tellDeposits(options: TellDepositsOptions) {
  const { changes, onFailure, pauseMs = 500, beatMs = 15_000 } = options
  const { present, listeners, leave, sendAway, close } = openRoom()
  let last: ChangesMoment | undefined
  let running: Promise<void> | undefined
  const stopping = new AbortController()
  // Whoever comes anew is not overtaken by what is read meanwhile.
  const inTurn = oneAtATime()

  const turn = async () => {
    const now = await changes.moment()
    const told = last === undefined ? [] : await newsOf(changes, last, now)
    for (const listener of await refused(listeners.keys())) sendAway(listener)
    // From here on nothing can fail: everybody is told, or nobody is and all is read again.
    last = now
    for (const listener of tellAll(listeners, told, { position: now.position, beatMs })) {
      const from = listeners.get(listener)?.from
      listeners.delete(listener)
      void join(listener, from).catch((error) => {
        onFailure(error)
        sendAway(listener)
      })
    }
  }
  const run = async () => {
    while (listeners.size > 0 && !stopping.signal.aborted) {
      await inTurn(turn).catch(onFailure)
      await setTimeout(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    running = undefined
  }
  /** Has it told what it missed, at its own speed, and then what happens with all others. */
  const join = async (listener: Listener, from: bigint | undefined): Promise<void> => {
    const isHere = async () => {
      if (present.has(listener) && !(await listener.isAllowed())) sendAway(listener)
      // It may have left, or all may have been sent away, while that was asked.
      return present.has(listener)
    }
    const place = await catchUp({ changes, listener, from, isHere })
    await inTurn(async () => {
      if (listeners.size === 0 || last === undefined) last = await changes.moment()
      const { position } = last
      const events = await allBetween(changes, { from: place, to: position }, listener.audience)
      if (!present.has(listener)) return
      const known = { from: place, toldAt: Date.now() }
      tell(listener, { known, events: withoutRepeats(events), position, beatMs })
      listeners.set(listener, known)
      running ??= run()
    })
  }
  return {
    /** Begins with what waits; or, after `from`, with what changed since. */
    async listen(listener: Listener, from: bigint | undefined): Promise<void> {
      if (stopping.signal.aborted) return listener.end()
      present.add(listener)
      await join(listener, from)
    },
    leave,
    /** Ends every stream: readers go on elsewhere. */
    async stop(): Promise<void> {
      stopping.abort()
      close()
      await running
    },
  }
}

/** Who is there: those who were told what they missed, and those who are being told. */
function openRoom() {
  /** Whoever came and did not leave, from the first moment on. */
  const present = new Set<Listener>()
  /** Those of them who were told what they missed. */
  const listeners = new Map<Listener, Known>()
  const leave = (listener: Listener): void => {
    present.delete(listener)
    listeners.delete(listener)
  }
  return {
    ...{ present, listeners, leave },
    sendAway(listener: Listener): void {
      leave(listener)
      listener.end()
    },
    close(): void {
      for (const listener of present) listener.end()
      present.clear()
      listeners.clear()
    },
  }
}

/** Tells everybody what is for them. Answers who is to be told at a speed of their own. */
function tellAll(
  listeners: ReadonlyMap<Listener, Known>,
  told: readonly StreamedDeposit[],
  { position, beatMs }: { position: bigint; beatMs: number },
): Listener[] {
  const slow: Listener[] = []
  for (const [listener, known] of listeners) {
    const events = told.filter((each) => isFor(each, listener.audience))
    if (events.length > PART || listener.isBehind()) slow.push(listener)
    else tell(listener, { known, events, position, beatMs })
  }
  return slow
}

type CatchingUp = {
  changes: DepositChanges
  listener: Listener
  from: bigint | undefined
  isHere: () => Promise<boolean>
}

/** Tells what changed since `from`, and what waits. Answers up to where it has told everything. */
async function catchUp({ changes, listener, from, isHere }: CatchingUp): Promise<bigint> {
  const { audience } = listener
  let { position } = await changes.moment()
  let place = from ?? position
  while (place < position && (await isHere())) {
    const { changed, to } = await changes.between({ from: place, to: position }, audience)
    await tellAsTaken(listener, withoutRepeats(changed), { from: place, to })
    place = to
    position = (await changes.moment()).position
  }
  const waiting = (await isHere()) ? await changes.waiting(undefined, audience) : []
  await tellAsTaken(listener, waiting, { from: place, to: place })
  return place
}

async function tellAsTaken(
  listener: Listener,
  events: readonly StreamedDeposit[],
  { from, to }: { from: bigint; to: bigint },
): Promise<void> {
  for (const [number, { deposit }] of events.entries()) {
    // Who is cut off in the midst is told all of it again, under other ids.
    const place = number === events.length - 1 ? to : from
    listener.tell({ id: nextId(place), deposit })
    if (number % PART === PART - 1) await listener.taken()
  }
}

function oneAtATime(): (work: () => Promise<void>) => Promise<void> {
  let queue: Promise<void> = Promise.resolve()
  return (work) => {
    const done = queue.then(work)
    queue = done.catch(() => undefined)
    return done
  }
}

/** Those who may not listen any more. */
async function refused(listeners: Iterable<Listener>): Promise<Listener[]> {
  const found: Listener[] = []
  for (const each of [...listeners]) if (!(await each.isAllowed())) found.push(each)
  return found
}

type Telling = {
  known: Known
  events: readonly StreamedDeposit[]
  /** Up to where they were read. */
  position: bigint
  beatMs: number
}

function tell(listener: Listener, { known, events, position, beatMs }: Telling): void {
  const at = Date.now()
  for (const [number, { deposit }] of events.entries()) {
    // Who is cut off in the midst is told all of it again, under other ids.
    listener.tell({ id: nextId(number === events.length - 1 ? position : known.from), deposit })
  }
  known.from = position
  if (events.length === 0 && at - known.toldAt < beatMs) return
  if (events.length === 0) listener.beat()
  known.toldAt = at
}

let told = 0

/** An id that no event had before. */
const nextId = (from: bigint): string => streamPlace(from, Date.now(), told++ % 1_000_000_000)

/** What happened between two moments: changes, and blocks on top of those that wait. */
async function newsOf(
  changes: DepositChanges,
  before: ChangesMoment,
  now: ChangesMoment,
): Promise<StreamedDeposit[]> {
  const changed = await allBetween(changes, { from: before.position, to: now.position }, {})
  const moved = [...now.checkpoints]
    .filter(([chain, at]) => before.checkpoints.get(chain) !== at)
    .map(([chain]) => chain)
  const waiting = moved.length > 0 ? await changes.waiting(moved, {}) : []
  return withoutRepeats([...changed, ...waiting])
}

async function allBetween(
  changes: DepositChanges,
  range: { from: bigint; to: bigint },
  audience: Audience,
): Promise<StreamedDeposit[]> {
  const all: StreamedDeposit[] = []
  for (let { from } = range; from < range.to; ) {
    const { changed, to } = await changes.between({ ...range, from }, audience)
    all.push(...changed)
    from = to
  }
  return all
}

/** The first of each deposit. */
function withoutRepeats(events: readonly StreamedDeposit[]): StreamedDeposit[] {
  return [...new Map(events.map((each) => [each.deposit.sequence, each])).values()]
}

const isFor = ({ deposit, tenant }: StreamedDeposit, audience: Audience): boolean =>
  (audience.tenant === undefined || audience.tenant === tenant) &&
  (audience.owner === undefined || audience.owner === deposit.owner)
