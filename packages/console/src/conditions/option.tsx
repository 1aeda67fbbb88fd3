import { useFormats } from '../app/formats.ts'
import css from './fields.module.css'

/** One line of a list to choose from: the value from data, and how often it was seen. */
export function Option({ value, count }: { value: string; count: number | undefined }) {
  const formats = useFormats()
  return (
    <span className={css.option}>
      <bdi>{value}</bdi>
      {count !== undefined && <span className="note tabular">{formats.compact(count)}</span>}
    </span>
  )
}
