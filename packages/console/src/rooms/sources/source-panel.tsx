import type { WarningCode } from '@affluent/protocol/codes'
import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import { Button, Switch, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useEdit } from '../../api/use-edit.ts'
import { useSend } from '../../api/use-send.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { ChangedMeanwhile } from '../../pieces/changed-meanwhile.tsx'
import { ConfirmDialog } from '../../pieces/confirm-dialog.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { SecretOnce } from '../../pieces/secret-once.tsx'
import { SidePanel } from '../../pieces/side-panel.tsx'
import { Snippet } from './snippet.tsx'
import { SourceHealth } from './source-health.tsx'
import css from './sources-room.module.css'
import { WriteKeys } from './write-keys.tsx'

/** One source: key, installation, warnings, name, and whether it takes events. */
export function SourcePanel({ source, onClose }: { source: SourceAnswer; onClose: () => void }) {
  const { t } = useTranslation('sources')
  const places = usePlaces()
  return (
    <SidePanel
      title={source.name}
      onClose={onClose}
      actions={<CopyAsCurl isNarrow request={updateOf(source, { name: source.name })} />}
    >
      <section className={css.section}>
        <div className="row wrap">
          <SourceHealth source={source} />
          <span className="note">
            <Instant at={source.lastEventAt} />
          </span>
          <span className="grow" />
          <Button component={Anchor} href={places.live({ source: source.slug })} variant="default" size="xs">
            {t('panel.seeEvents')}
          </Button>
        </div>
        {source.writeKey !== null && (
          <SecretOnce label={t('panel.key')} secret={source.writeKey} hint={t('panel.keyHint')} />
        )}
      </section>
      {source.writeKey !== null && source.enabled && (
        <section className={css.section}>
          <h3>{t('panel.install')}</h3>
          <Snippet step="event" writeKey={source.writeKey} />
        </section>
      )}
      <WriteKeys source={source} />
      <Warnings source={source} />
      <Settings source={source} />
    </SidePanel>
  )
}

function Warnings({ source }: { source: SourceAnswer }) {
  const { t, i18n } = useTranslation('sources')
  const isWorded = (code: string) => i18n.exists(`panel.codes.${code}`, { ns: 'sources' })
  const formats = useFormats()
  return (
    <section className={css.section}>
      <h3>{t('panel.warnings')}</h3>
      {source.warnings.length === 0 ? (
        <p className="quiet">{t('panel.none')}</p>
      ) : (
        <>
          <p className="quiet">{t('panel.warningsLead')}</p>
          <ul className={css.warnings}>
            {source.warnings.map(({ code, count, lastMessage, lastAt }) => (
              <li key={code}>
                <p>{isWorded(code) ? t(`panel.codes.${code as WarningCode}`) : lastMessage}</p>
                {isWorded(code) && (
                  <p className="note" lang="en">
                    <bdi>{lastMessage}</bdi>
                  </p>
                )}
                <p className="note">
                  <code>{code}</code> · {t('panel.times', { count, shown: formats.number(count) })} ·{' '}
                  <Instant at={lastAt} />
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

/** A change of the name or the switch. */
function updateOf({ slug }: SourceAnswer, body: { name: string } | { enabled: boolean }) {
  return api('PUT /v1/sources/{slug}', { params: { slug }, body })
}

function Settings({ source }: { source: SourceAnswer }) {
  const { t } = useTranslation(['sources', 'pieces'])
  const formats = useFormats()
  const [name, setName] = useState(source.name)
  const [isAsking, asking] = useDisclosure(false)
  const [seen, setSeen] = useState(source)
  // a switch that was turned meanwhile is nothing that this form would replace
  const version = seen.name === source.name ? Math.max(seen.version, source.version) : seen.version
  const rename = useEdit(['/v1/sources'], version, (next) => setSeen({ ...source, version: next }))
  const toggle = useSend(['/v1/sources'])
  const turn = (enabled: boolean) => toggle.mutate(updateOf(source, { enabled }), { onSuccess: asking.close })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const body = { name: name.trim() }
    rename.save(updateOf(source, body), () => setSeen((before) => ({ ...before, ...body })))
  }
  const isChanged = name.trim() !== source.name && name.trim() !== ''
  return (
    <section className={css.section}>
      <h3>{t('panel.settings')}</h3>
      <form onSubmit={submit} className="row" style={{ alignItems: 'flex-end' }}>
        <TextInput
          className="grow"
          label={t('panel.name')}
          description={t('panel.nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={!isChanged} loading={rename.isBusy}>
          {t('panel.rename')}
        </Button>
      </form>
      <p className="note">
        {t('panel.slug')} <code>{source.slug}</code>
      </p>
      <ErrorNote error={rename.error} />
      <ChangedMeanwhile
        edit={rename}
        differences={
          name.trim() === source.name ? [] : [{ label: t('panel.name'), mine: name, theirs: source.name }]
        }
        onTake={() => setName(source.name)}
      />
      <Switch
        label={t('panel.enabled')}
        description={t('panel.enabledHint')}
        checked={source.enabled}
        onChange={() => (source.enabled ? asking.open() : turn(true))}
      />
      <ConfirmDialog
        opened={isAsking}
        onClose={asking.close}
        title={t('disable.title', { name: source.name })}
        confirm={t('disable.confirm')}
        onConfirm={() => turn(false)}
        isBusy={toggle.isPending}
        error={toggle.error}
        isDanger
      >
        <p>{t('disable.lead')}</p>
        <p>{t('disable.count', { count: source.lastHour, shown: formats.number(source.lastHour) })}</p>
      </ConfirmDialog>
    </section>
  )
}
