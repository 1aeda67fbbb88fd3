import { CopyButton } from './copy-button.tsx'
import css from './secret-once.module.css'

/** A secret that is shown only now: in full, with a button to copy it and the reason for haste. */
export function SecretOnce({ label, secret, hint }: { label: string; secret: string; hint: string }) {
  return (
    <div className={css.secret}>
      <span className={css.label}>{label}</span>
      <div className={css.line}>
        <code className="grow">{secret}</code>
        <CopyButton text={secret} name={label} />
      </div>
      <p className="note">{hint}</p>
    </div>
  )
}
