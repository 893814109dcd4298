import { SHADOW } from './shadow-tables.ts'

/** Differences of one kind that are listed; one cause can break every account there is. */
export const LISTED_MAX = 1_000

const LISTED = `limit ${LISTED_MAX}`

/** In words what differs, when `logged` and `live` name the same thing in both. */
const told = (what: string, logged: string, live: string) =>
  `case when ${logged} is distinct from ${live} then format('its ${what} is %s, in the log %s',
    coalesce(${live}::text, 'none'), coalesce(${logged}::text, 'none')) end`

const differ = (logged: string, live: string, columns: readonly string[]) =>
  columns.map((column) => `${logged}.${column} is distinct from ${live}.${column}`).join(' or ')

const sorted = (closes: string) => `(select array_agg(abs(id) order by abs(id))
  from unnest(${closes}) as closed (id))`

const SAME = [
  'reference',
  'code',
  'owner',
  'event_at',
  'recorded_at',
  'traceparent',
  'phase',
  'expires_at',
]

const sameClosed = `${sorted('logged_closes')} is not distinct from ${sorted('live_closes')}`

/** What may differ in more than one order of the same is looked at apart: one process can only. */
const transactions = `
  select subject, concat_ws('; ', nullif(problem, ''),
      case when not same_closed then 'it closes other accounts than in the log' end) as problem,
    count(*) over () as count
  from (
    select each.*, ${sameClosed} as same_closed from (
      select coalesce(live.id, logged.id) as id,
        format('transaction %s: %s', coalesce(live.id, logged.id),
          coalesce(live.reference, logged.reference)) as subject,
        case when live.id is null then 'it is in the log and not in the ledger'
          when logged.id is null then 'it is in the ledger and not in the log'
          else concat_ws('; ',
            ${SAME.map((name) => told(name, `logged.${name}`, `live.${name}`)).join(', ')},
            ${told('resolves', 'logged.resolves_id', 'live.resolves')},
            ${told('reverses', 'logged.reverses_id', 'live.reverses')})
        end as problem,
        case when live.id is not null and logged.id is not null then logged.closes end
          as logged_closes,
        case when live.id is not null and logged.id is not null then live.closes end as live_closes
      from ${SHADOW}.transactions logged
      full join (
        select * from ledger.transactions
        where refusal is null
          and not exists (select from ${SHADOW}.later where later.id = transactions.id)
      ) live on live.id = logged.id
      where live.id is null or logged.id is null or ${differ('logged', 'live', SAME)}
        or logged.resolves_id is distinct from live.resolves
        or logged.reverses_id is distinct from live.reverses
        or logged.closes is distinct from live.closes
      offset 0
    ) each
  ) each
  where problem <> '' or not same_closed
  order by id ${LISTED}`

/** Finds the name of an account in either ledger. */
const accountNamed = (id: string) => `
  left join lateral (
    select format('%s of %s in %s', code || coalesce('#' || nullif(shard, 0), ''), owner, asset)
      as name
    from (
      select owner, code, asset, shard from ledger.accounts where id = ${id}
      union all
      select owner, code, asset, shard from ${SHADOW}.accounts where abs(id) = ${id}
    ) each limit 1
  ) account on true`

const entries = `
  select format('entry %s of account %s: %s', each.version, each.account_id, account.name)
      as subject,
    case when each.live_transaction is null then
        format('it is in the log (%s by transaction %s) and not in the ledger',
          each.logged_amount, each.logged_transaction)
      when each.logged_transaction is null then
        format('it is in the ledger (%s by transaction %s) and not in the log',
          each.live_amount, each.live_transaction)
      else concat_ws('; ', ${told('transaction', 'logged_transaction', 'live_transaction')},
        ${told('amount', 'logged_amount', 'live_amount')},
        ${told('balance', 'logged_balance', 'live_balance')}) end as problem,
    each.count
  from (
    select coalesce(live.account_id, abs(logged.account_id)) as account_id,
      coalesce(live.account_version, logged.account_version) as version,
      logged.transaction_id as logged_transaction, live.transaction_id as live_transaction,
      logged.amount as logged_amount, live.amount as live_amount,
      logged.balance_after as logged_balance, live.balance_after as live_balance,
      count(*) over () as count
    from ${SHADOW}.entries logged
    full join (
      select * from ledger.entries
      where not exists (select from ${SHADOW}.later where later.id = entries.transaction_id)
    ) live
      on live.account_id = abs(logged.account_id) and live.account_version = logged.account_version
    where live.account_id is null or logged.account_id is null
      or live.transaction_id <> logged.transaction_id or live.amount <> logged.amount
      or live.balance_after <> logged.balance_after
    order by 1, 2 ${LISTED}
  ) each ${accountNamed('each.account_id')}
  order by each.account_id, each.version`

const COUNTERS = ['version', 'debits_posted', 'credits_posted', 'debits_pending', 'credits_pending']

const counterTold = (name: string) => told(name, `coalesce(logged.${name}, 0)`, `live.${name}`)

const accounts = `
  select format('account %s: %s', each.id, account.name) as subject, each.problem, each.count
  from (
    select coalesce(live.id, logged.id) as id,
      case when live.id is null then 'it is in the log and not in the ledger'
        else concat_ws('; ',
          ${COUNTERS.map(counterTold).join(', ')},
          ${told('closed_version', 'logged.closed_version', 'live.closed_version')}) end as problem,
      count(*) over () as count
    from ${SHADOW}.expected_accounts logged full join ledger.accounts live on live.id = logged.id
    where live.id is null or logged.closed_version is distinct from live.closed_version or
      ${COUNTERS.map((name) => `coalesce(logged.${name}, 0) <> live.${name}`).join(' or ')}
    order by 1 ${LISTED}
  ) each ${accountNamed('each.id')}
  order by each.id`

const held = `
  select format('hold %s', coalesce(live.hold_id, logged.hold_id)) as subject,
    format('it reserves %s on account %s, in the log %s', coalesce(live.amount::text, 'nothing'),
      coalesce(live.account_id, abs(logged.account_id)),
      coalesce(logged.amount::text, 'nothing')) as problem,
    count(*) over () as count
  from ${SHADOW}.held_entries logged
  full join (
    select * from ledger.held_entries
    where not exists (select from ${SHADOW}.later where later.id = held_entries.hold_id)
  ) live on live.hold_id = logged.hold_id and live.account_id = abs(logged.account_id)
  where live.amount is distinct from logged.amount
  order by 1 ${LISTED}`

const openHolds = `
  select format('hold %s', coalesce(live.hold_id, logged.hold_id)) as subject,
    case when live.hold_id is null then 'by the log it is open, and in the ledger it is not'
      when logged.hold_id is null then 'it is open in the ledger, and by the log it is not'
      else ${told('expiry', 'logged.expires_at', 'live.expires_at')} end as problem,
    count(*) over () as count
  from ${SHADOW}.expected_holds logged
  full join ledger.open_holds live on live.hold_id = logged.hold_id
  where live.hold_id is null or logged.hold_id is null
    or live.expires_at is distinct from logged.expires_at
  order by 1 ${LISTED}`

/** Queries that each find one kind of difference: none finds anything where all is the same. */
export const DIFFERENCES: readonly string[] = [transactions, entries, accounts, held, openHolds]
