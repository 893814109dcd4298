import { memoryUnitOfWork } from './memory-unit-of-work.ts'
import { unitOfWorkContract } from './unit-of-work-contract.ts'

unitOfWorkContract(() => {
  const { unitOfWork, contents } = memoryUnitOfWork()
  const announced = async (key: string) => contents().announced.filter((each) => each.key === key)
  return { unitOfWork, announced }
})
