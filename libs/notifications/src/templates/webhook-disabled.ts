import { SAMPLE_MERCHANT } from './samples.ts'
import type { Template } from './template.ts'

export const webhookDisabled: Template<'webhook-endpoint.disabled'> = {
  type: 'webhook-endpoint.disabled',
  tone: 'warning',
  sample: {
    endpointId: '01980c50-9b14-7e88-b0f7-1d5c8a3e6f76',
    owner: SAMPLE_MERCHANT,
    url: 'https://shop.example/hooks/coffer',
    reason: 'failing',
    disabledAt: '2026-11-21T13:37:00Z',
  },
  facts: ({ url, reason, disabledAt }, show) => ({
    facts: [
      { label: 'endpoint', value: url, isCode: true },
      { label: 'reason', value: show.reason(reason) },
      { label: 'time', value: show.moment(disabledAt) },
    ],
  }),
  wording: {
    en: () => ({
      subject: 'A webhook endpoint was disabled',
      title: 'A webhook endpoint was disabled',
      lead: 'Nothing is sent to it any more. What happens meanwhile is kept for it.',
      note: 'Put it right and enable it: what waits is sent then, the oldest first.',
    }),
    zh: () => ({
      subject: 'Webhook 接收地址已停用',
      title: 'Webhook 接收地址已停用',
      lead: '我们已停止向该地址投递。在此期间的事件会为其保留。',
      note: '请修复后重新启用：保留的事件将按时间先后依次投递。',
    }),
  },
}
