/**
 * In the place of a namespace, in a row of `identifier`: from its position on the fragment has the identifier no
 * longer.
 */
export const TAKEN_AWAY = ''
