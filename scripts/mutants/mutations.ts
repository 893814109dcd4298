import { accountingMutations } from './accounting-mutations.ts'
import { analyticsMutations } from './analytics-mutations.ts'
import { auditMutations } from './audit-mutations.ts'
import { balanceMutations } from './balance-mutations.ts'
import { brokerMutations } from './broker-mutations.ts'
import { detectionMutations } from './detection-mutations.ts'
import { endpointMutations } from './endpoint-mutations.ts'
import { finalityMutations } from './finality-mutations.ts'
import { holdsMutations } from './holds-mutations.ts'
import { ledgerMutations } from './ledger-mutations.ts'
import { logsMutations } from './logs-mutations.ts'
import { messagingMutations } from './messaging-mutations.ts'
import type { Mutation } from './mutation.ts'
import { nativeMutations } from './native-mutations.ts'
import { notificationMutations } from './notification-mutations.ts'
import { observeMutations } from './observe-mutations.ts'
import { paymentsMutations } from './payments-mutations.ts'
import { payoutMutations } from './payout-mutations.ts'
import { proofMutations } from './proof-mutations.ts'
import { rebuildMutations } from './rebuild-mutations.ts'
import { reconciliationMutations } from './reconciliation-mutations.ts'
import { refundMutations } from './refund-mutations.ts'
import { releaseMutations } from './release-mutations.ts'
import { roleMutations } from './role-mutations.ts'
import { safetyMutations } from './safety-mutations.ts'
import { scanMutations } from './scan-mutations.ts'
import { scanStoreMutations } from './scan-store-mutations.ts'
import { sealsMutations } from './seals-mutations.ts'
import { settlementMutations } from './settlement-mutations.ts'
import { signingMutations } from './signing-mutations.ts'
import { simulationMutations } from './simulation-mutations.ts'
import { streamMutations } from './stream-mutations.ts'
import { sweepMutations } from './sweep-mutations.ts'
import { traceLaneMutations } from './trace-lane-mutations.ts'

/** Every planted bug, in the order of a deposit's way from the node to the ledger. */
export const mutations: readonly Mutation[] = [
  ...endpointMutations,
  ...proofMutations,
  ...logsMutations,
  ...detectionMutations,
  ...nativeMutations,
  ...scanMutations,
  ...finalityMutations,
  ...scanStoreMutations,
  ...traceLaneMutations,
  ...auditMutations,
  ...releaseMutations,
  ...balanceMutations,
  ...streamMutations,
  ...messagingMutations,
  ...brokerMutations,
  ...ledgerMutations,
  ...accountingMutations,
  ...analyticsMutations,
  ...holdsMutations,
  ...paymentsMutations,
  ...rebuildMutations,
  ...sealsMutations,
  ...signingMutations,
  ...refundMutations,
  ...settlementMutations,
  ...sweepMutations,
  ...payoutMutations,
  ...reconciliationMutations,
  ...observeMutations,
  ...notificationMutations,
  ...roleMutations,
  ...safetyMutations,
  ...simulationMutations,
]
