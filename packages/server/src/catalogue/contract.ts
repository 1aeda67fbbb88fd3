/* What other capabilities may ask of the catalogue: the names and values in use. */

export { subjectOf } from './catalogue-routes.ts'
export {
  listEventNames,
  listNamespacesInUse,
  listProperties,
  listPropertyValues,
  listTraits,
  listTraitValues,
  type Subject,
} from './catalogue-view.ts'
