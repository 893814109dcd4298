import { useEffect, useState } from 'react'
import { Meter } from '../parts/meter.tsx'
import { QrCode } from '../parts/qr-code.tsx'
import { assetOf, type KnownAsset, shownUnits } from '../reads/asset-of.ts'
import { Copy } from './copy.tsx'
import { t } from './texts.ts'
import { type Checkout, useCheckout } from './use-checkout.ts'

/** What a payer sees: how much, where to, until when, and what has arrived. */
export function PaymentPage({ id }: { id: string }) {
  const { checkout, state, aheadMs } = useCheckout(id)
  const title = checkout && t('title', { merchant: checkout.merchant })
  useEffect(() => {
    if (title) document.title = title
  }, [title])
  return (
    <main className="pay">
      <div className="sheet">
        {checkout === undefined ? (
          <p role="status">{t(state === 'unknown' ? 'unknown' : 'loading')}</p>
        ) : (
          <Whole of={checkout} aheadMs={aheadMs} />
        )}
        {state === 'lost' ? <p role="alert">{t('lost')}</p> : null}
      </div>
      <footer>Coffer</footer>
    </main>
  )
}

const PAYABLE = new Set(['created', 'partially_paid'])
/** What a payer is told who can pay no more. */
const ENDED = { expired: 'expired', failed: 'failed', charged_back: 'failed' } as const
const PAID = new Set(['paid', 'overpaid', 'paid_late', 'duplicate'])

function Whole({ of, aheadMs }: { of: Checkout; aheadMs: number }) {
  return (
    <>
      <div>
        <h1>{t('title', { merchant: of.merchant })}</h1>
        <p className="soft">
          {t('for', { reference: of.reference })}
          {of.description === null ? '' : ` · ${of.description}`}
        </p>
      </div>
      <Incoming of={of} />
      {PAID.has(of.status) ? (
        <p className="over" data-tone="good" role="status">
          {t('paid')}
        </p>
      ) : null}
      {of.status in ENDED ? (
        <p className="over" data-tone="bad" role="status">
          {t(ENDED[of.status as keyof typeof ENDED])}
        </p>
      ) : null}
      {PAYABLE.has(of.status) ? <Due of={of} aheadMs={aheadMs} /> : null}
    </>
  )
}

function Due({ of, aheadMs }: { of: Checkout; aheadMs: number }) {
  if (of.address === null) return <p className="over">{t('card')}</p>
  const symbol = unitOf(of)?.symbol ?? ''
  const due = shown(of, of.remaining)
  const isPart = of.received !== '0'
  return (
    <>
      <header>
        <span className="soft">{t(isPart ? 'stillDue' : 'due')}</span>
        <TimeLeft until={of.expiresAt} aheadMs={aheadMs} />
      </header>
      <p className="due">
        {due} <small>{symbol}</small>
      </p>
      {of.uri === null ? null : (
        <div className="code">
          <QrCode text={of.uri} label={t('qr')} />
        </div>
      )}
      <p className="soft">{t('scan')}</p>
      <dl>
        <div>
          <dt>{t('amount')}</dt>
          <dd className="line">
            <span>
              {due} {symbol}
            </span>
            <Copy text={due} what={t('amount')} />
          </dd>
        </div>
        <div>
          <dt>{t('address')}</dt>
          <dd className="line">
            <span className="mono">{of.address}</span>
            <Copy text={of.address} what={t('address')} />
          </dd>
        </div>
        <div>
          <dt>{t('network')}</dt>
          <dd>{of.chain}</dd>
        </div>
      </dl>
      <p className="soft">{t('networkHint', { symbol })}</p>
      {of.uri === null ? null : (
        <a className="button primary" href={of.uri}>
          {t('open')}
        </a>
      )}
    </>
  )
}

/** What is seen and does not count yet, each with how far it is. */
function Incoming({ of }: { of: Checkout }) {
  const coming = of.incoming.filter(({ status }) => status === 'seen')
  return (
    <div aria-live="polite">
      {coming.map(({ txHash, amount, confirmations, needed }) => {
        const text = t('confirmations', { count: confirmations, needed: needed ?? '?' })
        return (
          <div className="coming" key={txHash}>
            <span>
              {t('coming', { amount: shown(of, amount), symbol: unitOf(of)?.symbol ?? '' })}
            </span>
            <Meter part={needed ? confirmations / needed : 0} label={text} text={text} />
            <small className="soft">{text}</small>
          </div>
        )
      })}
      {of.received === '0' || !PAYABLE.has(of.status) ? null : (
        <p className="soft">
          {t('received')}: {shown(of, of.received)} {unitOf(of)?.symbol}
        </p>
      )}
    </div>
  )
}

function TimeLeft({ until, aheadMs }: { until: string; aheadMs: number }) {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.round((Date.parse(until) - now - aheadMs) / 1_000))
  // Told every second it would be all that one hears.
  return (
    <span className="pill" data-tone={seconds < 120 ? 'bad' : 'wait'} role="timer" aria-live="off">
      {t('left', { time: clockOf(seconds) })}
    </span>
  )
}

/** `1:05:09`, or `5:09`. */
function clockOf(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const rest = two(seconds % 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** How a payer reads amounts: of what is configured, or of a currency. */
const unitOf = ({ asset, symbol, decimals }: Checkout) =>
  symbol !== null && decimals !== null ? { id: asset, symbol, decimals } : assetOf(NONE, asset)

const NONE: ReadonlyMap<string, KnownAsset> = new Map()

function shown(of: Checkout, amount: string): string {
  const unit = unitOf(of)
  return unit === undefined ? amount : shownUnits(amount, unit)
}
