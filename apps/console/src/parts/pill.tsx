import { statusText, useTexts } from '../i18n/texts.ts'

export type Tone = 'good' | 'wait' | 'bad' | 'calm' | 'plain'

/** Each status has one colour wherever it is seen: done, under way, wrong, or of no consequence. */
const TONES: Readonly<Record<string, Tone>> = {
  seen: 'wait',
  final: 'calm',
  credited: 'good',
  orphaned: 'bad',
  reversed: 'bad',
  rejected: 'plain',
  created: 'wait',
  partially_paid: 'wait',
  paid: 'good',
  overpaid: 'calm',
  paid_late: 'calm',
  duplicate: 'calm',
  expired: 'plain',
  failed: 'bad',
  charged_back: 'bad',
  open: 'wait',
  cancelled: 'plain',
  awaiting_approval: 'wait',
  queued: 'calm',
  paying: 'calm',
  broadcast: 'calm',
  completed: 'good',
  explained: 'plain',
  adjusted: 'good',
  pending: 'wait',
  redriven: 'calm',
  handled: 'good',
  returned: 'bad',
  discarded: 'plain',
  waiting: 'wait',
  sent: 'good',
  requested: 'wait',
  processing: 'calm',
  succeeded: 'good',
  refused: 'bad',
  proposed: 'wait',
  confirmed: 'good',
  active: 'good',
  revoked: 'plain',
  replaced: 'plain',
}

/** A status by its name and its colour; the name alone says all. */
export function StatusPill({ status }: { status: string }) {
  const texts = useTexts()
  return <Pill tone={TONES[status] ?? 'plain'}>{statusText(texts, status)}</Pill>
}

export function Pill({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className="pill" data-tone={tone}>
      {children}
    </span>
  )
}
