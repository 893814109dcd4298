import { useMay } from '../access.ts'
import { useTexts } from '../i18n/texts.ts'
import { Ago } from '../parts/ago.tsx'
import { grouped } from '../parts/amount.tsx'
import { Card } from '../parts/card.tsx'
import { Figures } from '../parts/facts.tsx'
import { Page } from '../parts/page.tsx'
import { Pill, type Tone } from '../parts/pill.tsx'
import { Answer } from '../parts/states.tsx'
import { type ChainStatus, useChains } from '../reads/use-chains.ts'
import { EndpointList } from './endpoint-list.tsx'
import { GapList } from './gap-list.tsx'
import { LatchNotice } from './latch-notice.tsx'

/** Where each scan stands. */
export function ChainsPage() {
  const { t } = useTexts()
  const may = useMay()
  const chains = useChains()
  return (
    <Page
      title={t('chains.title')}
      hint={t('chains.hint')}
      actions={
        <span className="live" data-state={chains.isError ? 'lost' : 'live'} role="status">
          {t(chains.isError ? 'app.lost' : 'app.live')}
        </span>
      }
    >
      <Answer of={chains}>
        {(items) => items.map((chain) => <ChainCard key={chain.chain} of={chain} />)}
      </Answer>
      {may('scans:read') ? (
        <>
          <EndpointList />
          <GapList />
        </>
      ) : null}
    </Page>
  )
}

function ChainCard({ of }: { of: ChainStatus }) {
  const { t } = useTexts()
  const height = (value: number | null) => (value === null ? '–' : grouped(`${value}`))
  const lag =
    of.lagBlocks === null
      ? '–'
      : t('chains.lagOf', { blocks: of.lagBlocks, seconds: Math.round(of.lagSeconds ?? 0) })
  const gaps =
    of.gaps === 0 ? t('chains.noGaps') : t('chains.gapsOf', { gaps: of.gaps, blocks: of.gapBlocks })
  return (
    <Card title={of.chain} actions={<ScanPill of={of} />} isPadded>
      <div className="stack">
        {of.latched ? <LatchNotice chain={of.chain} reason={of.latchedReason ?? ''} /> : null}
        <Figures
          of={[
            [t('chains.head'), height(of.head)],
            [t('chains.checkpoint'), height(of.checkpoint)],
            [t('chains.final'), height(of.final)],
            [t('chains.audited'), height(of.auditedTo)],
          ]}
        />
        <Figures
          of={[
            [t('chains.lag'), <small key="lag">{lag}</small>],
            [t('chains.gaps'), <small key="gaps">{gaps}</small>],
            [t('chains.traces'), <small key="traces">{of.traceLagBlocks}</small>],
            [
              t('chains.headSeen'),
              <small key="seen">
                <Ago at={of.headSeenAt} />
              </small>,
            ],
          ]}
        />
      </div>
    </Card>
  )
}

/** Far enough behind that somebody should know. */
const BEHIND_BLOCKS = 5

function ScanPill({ of }: { of: ChainStatus }) {
  const { t } = useTexts()
  const [tone, key] = stateOf(of)
  return <Pill tone={tone}>{t(key)}</Pill>
}

type StateKey = 'chains.latched' | 'chains.waiting' | 'chains.behind' | 'chains.scanning'

function stateOf({ latched, lagBlocks }: ChainStatus): readonly [Tone, StateKey] {
  if (latched) return ['bad', 'chains.latched']
  if (lagBlocks === null) return ['plain', 'chains.waiting']
  return lagBlocks > BEHIND_BLOCKS ? ['wait', 'chains.behind'] : ['good', 'chains.scanning']
}
