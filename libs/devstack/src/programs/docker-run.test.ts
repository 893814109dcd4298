import { expect, test } from 'vitest'
import { dockerRun, dockerSignal, dockerStart } from './docker-run.ts'

const launch = dockerRun({
  dir: '/a/stacks/1f2e',
  name: 'redis',
  image: 'redis:8.2.1-alpine',
  port: 20_001,
  environment: { A: '1' },
  command: ['redis-server', '--port', '20001'],
})

test('a container is reachable on 127.0.0.1 alone', () => {
  expect(launch.args.join(' ')).toBe(
    'run --name coffer-1f2e-redis-20001 --publish 127.0.0.1:20001:20001 -e A=1 ' +
      'redis:8.2.1-alpine redis-server --port 20001',
  )
})

test('a container is started again with the data it has', () => {
  expect(dockerStart(launch).args).toEqual(['start', '--attach', 'coffer-1f2e-redis-20001'])
})

test.each([
  ['SIGKILL', 'kill --signal SIGKILL c'],
  ['SIGSTOP', 'pause c'],
  ['SIGCONT', 'unpause c'],
] as const)('%s reaches the container as "docker %s"', (signal, command) => {
  expect(dockerSignal('c', signal).join(' ')).toBe(command)
})
