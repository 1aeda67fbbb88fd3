import { PlainText } from '../../pieces/plain-text.tsx'
import css from './identifier-text.module.css'

/** An identifier: its namespace quietly, then its value. */
export function IdentifierText({ namespace, value }: { namespace: string; value: string }) {
  return (
    <span className={css.identifier}>
      <span className={css.namespace}>
        <PlainText>{namespace}</PlainText>
      </span>{' '}
      <PlainText code>{value}</PlainText>
    </span>
  )
}
