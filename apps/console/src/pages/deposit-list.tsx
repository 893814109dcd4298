import { Link } from '@tanstack/react-router'
import { useTexts } from '../i18n/texts.ts'
import { Amount } from '../parts/amount.tsx'
import { Confirmations } from '../parts/confirmations.tsx'
import { shortened } from '../parts/hash.tsx'
import { List } from '../parts/list.tsx'
import { StatusPill } from '../parts/pill.tsx'
import { When } from '../parts/when.tsx'
import type { ItemOf } from '../reads/answers.ts'
import { useNeeded } from '../reads/use-chains.ts'
import type { Pages } from '../reads/use-pages.ts'

export type Deposit = ItemOf<'/v1/deposits'>

type Props = {
  title?: string
  of: Pick<Pages<Deposit>, 'data' | 'error' | 'refetch'> & Partial<Pages<Deposit>>
  empty: { title: string; hint?: string }
}

/** Deposits, each with how far it is. */
export function DepositList({ title, of, empty }: Props) {
  const { t } = useTexts()
  const needed = useNeeded()
  return (
    <List
      {...(title === undefined ? {} : { title })}
      caption={t('deposits.title')}
      of={of}
      keyOf={({ id }) => id}
      empty={empty}
      columns={[
        {
          name: t('field.transaction'),
          cell: ({ id, txHash }) => (
            <Link to="/deposits/$id" params={{ id }} className="mono">
              {shortened(txHash)}
            </Link>
          ),
        },
        { name: t('field.status'), cell: ({ status }) => <StatusPill status={status} /> },
        {
          name: t('field.amount'),
          isFigure: true,
          cell: ({ amount, asset }) => <Amount of={amount} asset={asset} />,
        },
        {
          name: t('field.confirmations'),
          cell: (deposit) => (
            <Confirmations
              count={deposit.confirmations}
              needed={neededBy(deposit, needed)}
              status={deposit.status}
            />
          ),
        },
        {
          name: t('field.to'),
          cell: ({ to }) => (
            <span className="mono" title={to}>
              {shortened(to)}
            </span>
          ),
        },
        { name: t('field.block'), isFigure: true, cell: ({ blockNumber }) => blockNumber },
        { name: t('field.seen'), cell: ({ seenAt }) => <When at={seenAt} /> },
      ]}
    />
  )
}

/** A large amount may wait for more than its chain does. */
export function neededBy(
  { chain, tier }: Pick<Deposit, 'chain' | 'tier'>,
  ofChains: ReadonlyMap<string, number>,
): number | undefined {
  return tier !== undefined && /^[0-9]+$/.test(tier) ? Number(tier) : ofChains.get(chain)
}
