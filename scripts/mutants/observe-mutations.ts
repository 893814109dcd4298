import type { Mutation } from './mutation.ts'

const telemetry = 'libs/telemetry/src'
const recorder = `${telemetry}/otlp-recorder.ts`
const recorderTests = [`${telemetry}/otlp-recorder.integration.test.ts`]
const secrets = `${telemetry}/without-secrets.ts`
const secretTests = [`${telemetry}/logger.test.ts`]
const conditions = 'apps/cli/src/status/alarm-conditions.ts'
const conditionTests = ['apps/cli/src/status/alarm-conditions.test.ts']

/** Bugs by which whoever watches is shown too little, too much, or something else. */
export const observeMutations: readonly Mutation[] = [
  {
    name: 'the first span of a deposit has a name of its own that nobody else knows',
    file: recorder,
    find: 'if (isFirst) ids.give(of)',
    replace: 'if (isFirst) ids.give({ ...of, spanId: "0123456789abcdef" })',
    tests: recorderTests,
  },
  {
    name: 'what is done to many deposits is the parent of all',
    file: recorder,
    find: 'const parent = trace.setSpanContext(ROOT_CONTEXT, contextOf(of))',
    replace: 'const parent = trace.setSpan(ROOT_CONTEXT, together)',
    tests: recorderTests,
  },
  {
    name: 'a deposit that is not among those to be traced is traced',
    file: `${telemetry}/trace-place.ts`,
    find: '< share * 2 ** 32',
    replace: '>= share * 2 ** 32',
    tests: [`${telemetry}/trace-place.test.ts`],
  },
  {
    name: 'the cause of an error is logged as it is',
    file: secrets,
    find: '{ cause: withoutSecrets(cause, depth + 1) }',
    replace: '{ cause }',
    tests: secretTests,
  },
  {
    name: 'what a child of a logger always says is logged as it is',
    file: `${telemetry}/logger.ts`,
    find: 'to.child(fieldsWithoutSecrets(fields))',
    replace: 'to.child(fields)',
    tests: secretTests,
  },
  {
    name: 'an alarm on the difference of two metrics takes them of different chains',
    file: conditions,
    find: 'right.get(group)?.value',
    replace: '[...right.values()][0]?.value',
    tests: conditionTests,
  },
]
