import type { DestinationAnswer } from '@affluent/protocol/delivery-api'
import { Button, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../api/use-send.ts'
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
  const change = useSend(['/v1/destinations'])
  const isChanged = name !== destination.name || url !== settings.url || secret !== ''
  const said = (path: string) => (change.error?.path === path ? say(change.error) : undefined)
  const save = (event: FormEvent) => {
    event.preventDefault()
    const newSecret = secret.trim() === '' ? {} : { secret: secret.trim() }
    const body = { name: name.trim(), settings: { url: url.trim(), ...newSecret } }
    change.mutate(
      { method: 'PUT', path: `/v1/destinations/${id}`, body },
      {
        onSuccess: () => {
          setSecret('')
          notifications.show({ message: t('page.saved') })
        },
      },
    )
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
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={said('name')}
          maxLength={200}
          autoComplete="off"
        />
        <TextInput
          label={t('page.url')}
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
        <div>
          <Button type="submit" variant="default" disabled={!isChanged} loading={change.isPending}>
            {t('page.save')}
          </Button>
        </div>
      </form>
    </section>
  )
}
