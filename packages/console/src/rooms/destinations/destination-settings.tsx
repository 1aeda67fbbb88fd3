import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { Button, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useEdit } from '../../api/use-edit.ts'
import { ChangedMeanwhile } from '../../pieces/changed-meanwhile.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { useErrorWords } from '../../words/error-words.ts'
import css from './destinations.module.css'
import { TestResult } from './test-result.tsx'

/** Name, address and secret of a destination. */
export function DestinationSettings({ destination }: { destination: DestinationAnswer }) {
  const { t } = useTranslation('destinations')
  const say = useErrorWords()
  const { id, settings, createdAt } = destination
  const [name, setName] = useState(destination.name)
  const [url, setUrl] = useState(settings.url)
  const [secret, setSecret] = useState('')
  const [seen, setSeen] = useState(destination)
  // a switch that was turned meanwhile is nothing that this form would replace
  const isSame = seen.name === destination.name && seen.settings.url === settings.url
  const version = isSame ? Math.max(seen.version, destination.version) : seen.version
  const change = useEdit(['/v1/destinations'], version, (next) => setSeen({ ...destination, version: next }))
  const isChanged = name !== destination.name || url !== settings.url || secret !== ''
  const said = (path: string) => (change.error?.path === path ? say(change.error) : undefined)
  const save = (event: FormEvent) => {
    event.preventDefault()
    const newSecret = secret.trim() === '' ? {} : { secret: secret.trim() }
    const body = { name: name.trim(), settings: { url: url.trim(), ...newSecret } }
    change.save(api('PUT /v1/destinations/{id}', { params: { id }, body }), () => {
      setSecret('')
      setSeen((before) => ({ ...before, name: body.name, settings: { url: body.settings.url } }))
      notifications.show({ message: t('page.saved') })
    })
  }
  return (
    <section aria-label={t('page.settings')}>
      <div className={css.head}>
        <h2 className="grow">{t('page.settings')}</h2>
        <span className="note">
          {t('page.created')} <Instant at={createdAt} />
        </span>
      </div>
      <form className={`card ${css.form}`} style={{ padding: 16 }} onSubmit={save}>
        <TextInput
          label={t('page.name')}
          description={t('page.nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={said('name')}
          maxLength={200}
          autoComplete="off"
        />
        <TextInput
          label={t('page.url')}
          description={t('setup.urlHint')}
          type="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
        <TextInput
          label={t('page.newSecret')}
          description={t('page.newSecretHint')}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          error={said('settings.secret')}
          spellCheck={false}
          autoComplete="off"
        />
        {change.error?.code === 'url_not_allowed' ? (
          <TestResult answer={undefined} error={change.error} />
        ) : (
          <ErrorNote error={change.error} />
        )}
        <ChangedMeanwhile
          edit={change}
          differences={[
            { label: t('page.name'), mine: name, theirs: destination.name },
            { label: t('page.url'), mine: url, theirs: settings.url },
          ].filter(({ mine, theirs }) => mine !== theirs)}
          onTake={() => {
            setName(destination.name)
            setUrl(settings.url)
          }}
        />
        <div>
          <Button type="submit" variant="default" disabled={!isChanged} loading={change.isBusy}>
            {t('page.save')}
          </Button>
        </div>
      </form>
    </section>
  )
}
