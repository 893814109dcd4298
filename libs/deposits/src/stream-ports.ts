import type { DepositView } from './read-ports.ts'

/** Of whom a reader is told; the platform of everybody. */
export type Audience = { tenant?: string | undefined; owner?: string | undefined }

/** A deposit as a stream tells of it, and whose it is. */
export type StreamedDeposit = { deposit: DepositView; tenant: string | null }

/** Up to where changes can be read without missing any, and how far each chain is scanned. */
export type ChangesMoment = { position: bigint; checkpoints: ReadonlyMap<string, bigint> }

/** Reads what happens to deposits. Adapter: `adapters/postgres-deposit-changes.ts`. */
export type DepositChanges = {
  moment(): Promise<ChangesMoment>
  /**
   * What transactions from `from` on and before `to` changed, in their order, as it is now. Of many
   * a part: those before the `to` that is answered.
   */
  between(
    range: { from: bigint; to: bigint },
    audience: Audience,
  ): Promise<{ changed: StreamedDeposit[]; to: bigint }>
  /** Those on `chains` that are seen and not final; undefined is on all. */
  waiting(chains: readonly string[] | undefined, audience: Audience): Promise<StreamedDeposit[]>
}
