import { ADMINISTERS } from './api-grants.ts'
import { ANNOUNCES, type Grants, HANDLES_EVENTS, KEEPS_BOOKS, RELAYS, together } from './grants.ts'
import { roleOf } from './role-of.ts'

/** What each app may do in the database, and nothing else: its role has these rights. */
export const APP_GRANTS: Readonly<Record<string, Grants>> = {
  accounts: together(KEEPS_BOOKS, HANDLES_EVENTS, RELAYS, {
    'ledger.seals': ['select', 'insert'],
    // A restored dump is fitted to its new server: which transaction wrote a row counts anew.
    'ledger.transactions': ['update(recorded_xid)'],
  }),
  analytics: together(HANDLES_EVENTS, {
    'messaging.outbox': ['select'],
    'messaging.relays': ['select'],
    'analytics.facts': ['select', 'insert', 'update'],
    'analytics.merchants': ['select', 'insert', 'update'],
    'analytics.totals': ['select', 'insert', 'update'],
  }),
  api: ADMINISTERS,
  notifications: together(HANDLES_EVENTS, ANNOUNCES, RELAYS, {
    'messaging.inbox': ['select', 'insert'],
    'notifications.notifications': ['select', 'insert', 'update', 'delete'],
    'notifications.recipients': ['select', 'insert', 'update'],
    'notifications.webhook_endpoints': ['select', 'update'],
  }),
  payments: together(HANDLES_EVENTS, ANNOUNCES, RELAYS, {
    'messaging.inbox': ['select', 'insert'],
    'payments.charges': ['select', 'update'],
    'payments.orders': ['select', 'update'],
    'payments.payments': ['select', 'update'],
    'payments.receipts': ['select', 'insert', 'update'],
    'payments.refunds': ['select', 'update'],
    'payments.statements': ['select', 'insert', 'update'],
  }),
  reconciliation: together(KEEPS_BOOKS, HANDLES_EVENTS, {
    // For its checks of invariants.
    'deposits.blocks': ['select'],
    'deposits.chains': ['select'],
    'deposits.deposits': ['select'],
    'ledger.seals': ['select'],
    'messaging.inbox': ['select', 'insert'],
    'messaging.outbox': ['select'],
    'messaging.relays': ['select'],
    'reconciliation.channel_bookings': ['select', 'insert'],
    'reconciliation.channel_groups': ['select', 'insert', 'update'],
    'reconciliation.credit_places': ['select', 'insert', 'update'],
    'reconciliation.differences': ['select', 'insert', 'update'],
    'reconciliation.runs': ['select', 'insert', 'update'],
    'reconciliation.statement_lines': ['select', 'insert'],
    'wallets.addresses': ['select'],
    'withdrawals.transactions': ['select'],
    'withdrawals.withdrawals': ['select'],
  }),
  sandbox: {
    'sandbox.callbacks': ['select', 'insert', 'update'],
    'sandbox.charges': ['select', 'insert', 'update'],
    'sandbox.movements': ['select', 'insert'],
    'sandbox.refunds': ['select', 'insert', 'update'],
  },
  scanner: together(HANDLES_EVENTS, ANNOUNCES, RELAYS, {
    'deposits.balance_differences': ['select', 'insert', 'update'],
    'deposits.balance_proofs': ['select', 'insert', 'update'],
    'deposits.balance_skips': ['select', 'insert', 'update'],
    'deposits.blocks': ['select', 'insert', 'update'],
    'deposits.chains': ['select', 'insert', 'update'],
    'deposits.deposits': ['select', 'insert', 'update'],
    'deposits.endpoints': ['select', 'insert', 'update'],
    'deposits.gaps': ['select', 'insert', 'update'],
    'deposits.proven_balances': ['select', 'insert', 'update'],
    'deposits.rescans': ['select', 'update'],
    'wallets.addresses': ['select'],
  }),
  settlement: together(KEEPS_BOOKS, HANDLES_EVENTS, ANNOUNCES, RELAYS, {
    'settlements.lines': ['select', 'insert', 'update'],
    'settlements.requests': ['select', 'insert', 'update'],
    'settlements.settings': ['select', 'update'],
    'settlements.settlements': ['select', 'insert', 'update'],
    'settlements.tallies': ['select', 'insert', 'update'],
  }),
  withdrawals: together(KEEPS_BOOKS, HANDLES_EVENTS, ANNOUNCES, RELAYS, {
    'messaging.inbox': ['select', 'insert'],
    'wallets.addresses': ['select'],
    'withdrawals.attempts': ['select', 'insert', 'update'],
    'withdrawals.senders': ['select', 'insert', 'update'],
    'withdrawals.sweep_sources': ['select', 'insert', 'update', 'delete'],
    'withdrawals.transactions': ['select', 'insert', 'update'],
    'withdrawals.withdrawals': ['select', 'insert', 'update'],
  }),
}

/** The same by role. */
export const ROLE_GRANTS = Object.entries(APP_GRANTS).map(([app, grants]) => {
  return { role: roleOf(app), grants }
})
