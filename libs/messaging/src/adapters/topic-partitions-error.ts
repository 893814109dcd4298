import { AppError } from '@coffer/errors/app-error'

/**
 * A topic that exists was created otherwise. More partitions would move keys, so nobody adds any.
 */
export class TopicPartitionsError extends AppError {
  readonly code = 'TOPIC_PARTITIONS'

  constructor({ topic, found, expected }: { topic: string; found: number; expected: number }) {
    super(
      `Topic ${topic} has ${found} partitions. Expected ${expected}. Changing the number moves ` +
        'keys to other partitions and breaks their order: delete the topic if nothing in it is ' +
        'needed, or else copy it to a new one while everything that uses it is stopped.',
      { retry: 'never', details: { topic, found, expected } },
    )
  }
}
