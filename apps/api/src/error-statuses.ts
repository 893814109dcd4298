import type { ErrorStatuses } from '@coffer/http/problem'

/** How each error that a caller can cause is told, by its code. The rest is a fault of ours. */
export const ERROR_STATUSES: ErrorStatuses = {
  ADDRESS_INVALID: { status: 400, title: 'The address is invalid' },
  ADDRESS_SOURCE_MISSING: { status: 501, title: 'No addresses are derived here' },
  ASSET_ID: { status: 400, title: 'The asset is not a CAIP-19 id' },
  BALANCE_DIFFERENCE_CLOSED: { status: 409, title: 'The difference is closed already' },
  BALANCE_DIFFERENCE_UNKNOWN: { status: 404, title: 'There is no such difference' },
  CHAIN_ID: { status: 400, title: 'The chain is not a CAIP-2 id' },
  CHAIN_NOT_LATCHED: { status: 409, title: 'The chain is not latched' },
  CHAIN_UNKNOWN: { status: 422, title: 'The chain is not followed' },
  CURSOR_INVALID: { status: 400, title: 'The cursor is invalid' },
  DEPOSIT_NOT_RELEASABLE: { status: 409, title: "The deposit can't be released" },
  DEPOSIT_UNKNOWN: { status: 404, title: 'There is no such deposit' },
  EXTERNAL_ID: { status: 400, title: 'The external id is invalid' },
  GAP_CLOSED: { status: 409, title: 'The gap is closed' },
  GAP_NOT_RESCANNABLE: { status: 409, title: 'The scanner fills this gap by itself' },
  GAP_UNKNOWN: { status: 404, title: 'There is no such gap' },
  MONEY_UNITS: { status: 400, title: 'The amount is invalid' },
  NODES_DISAGREE: { status: 503, title: 'The nodes contradict each other' },
  RESCAN_RANGE: { status: 422, title: "The range can't be rescanned" },
  RESCAN_UNKNOWN: { status: 404, title: 'There is no such rescan' },
  RPC_NO_ENDPOINT: { status: 503, title: 'The node does not answer' },
  STATEMENT_CURSOR: { status: 400, title: 'The cursor is not one of a statement' },
  UNLATCH_MOVED: { status: 409, title: 'Things changed since the plan' },
  USER_UNKNOWN: { status: 404, title: 'There is no such user' },
}
