/** What data may be used for. Only own systems, on the basis of contract, so far. */
export const PURPOSES = ['operations'] as const
