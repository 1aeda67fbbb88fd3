import { CONDITION_SCHEMA } from './condition-schema.ts'
import { z } from './schema.ts'
import { storableJson } from './text.ts'

/** A condition that a caller gives; `parseCondition` reads it. */
export const condition = storableJson().meta({ id: 'Condition', ...CONDITION_SCHEMA })

/** A condition in an answer, or a part of one. */
export const storedCondition = z.unknown().meta({ $ref: '#/components/schemas/Condition' })
