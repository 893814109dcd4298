import { expect, test } from 'vitest'
import { type Movement, statementCsv, statementJsonLines } from './movement.ts'

const movement: Movement = {
  day: '2026-11-21',
  line: 1,
  kind: 'payment',
  id: 'ch_1',
  reference: 'a "quoted", long\none',
  asset: 'sandbox:1/iso4217:USD',
  amount: 1_000n,
  movedAt: new Date('2026-11-21T12:00:00Z'),
}

test('a statement is one JSON object a line', () => {
  const text = statementJsonLines([movement, { ...movement, line: 2 }])

  const lines = text.trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[1] ?? '')).toEqual({
    ...movement,
    day: undefined,
    statementId: '2026-11-21',
    line: 2,
    amount: '1000',
    movedAt: '2026-11-21T12:00:00.000Z',
  })
})

test('a statement is CSV, and a reference cannot break out of its cell', () => {
  expect(statementCsv([movement])).toBe(
    'statementId,line,kind,id,reference,asset,amount,movedAt\r\n' +
      '2026-11-21,1,payment,ch_1,"a ""quoted"", long\none",sandbox:1/iso4217:USD,1000,' +
      '2026-11-21T12:00:00.000Z\r\n',
  )
})
