import { describe } from 'vitest'
import { advanceContract } from './advance-contract.ts'
import { auditContract } from './audit-contract.ts'
import { balanceProofContract } from './balance-proof-contract.ts'
import { bookingsContract } from './bookings-contract.ts'
import { gapContract } from './gap-contract.ts'
import { latchContract } from './latch-contract.ts'
import { leaseContract } from './lease-contract.ts'
import { rejectionContract } from './rejection-contract.ts'
import { releaseContract } from './release-contract.ts'
import { comebackContract, rollBackContract } from './reorg-contract.ts'
import { rescanContract } from './rescan-contract.ts'
import type { OpenScan } from './scan-facts.ts'
import { tierContract } from './tier-contract.ts'
import { traceContract } from './trace-contract.ts'

/** What every `ScanStore` promises, run against the one that `open` gives. */
export function scanStoreContract(open: OpenScan): void {
  describe('a lease', () => leaseContract(open))
  describe('an advance', () => advanceContract(open))
  describe('a roll-back', () => rollBackContract(open))
  describe('a latch', () => latchContract(open))
  describe('a deposit that comes back', () => comebackContract(open))
  describe('a deposit that is not credited', () => rejectionContract(open))
  describe('a release', () => releaseContract(open))
  describe('a deposit of a tier', () => tierContract(open))
  describe('a balance proof', () => balanceProofContract(open))
  describe('a booking', () => bookingsContract(open))
  describe('a gap', () => gapContract(open))
  describe('an audit', () => auditContract(open))
  describe('a rescan', () => rescanContract(open))
  describe('calls that are read later', () => traceContract(open))
}
