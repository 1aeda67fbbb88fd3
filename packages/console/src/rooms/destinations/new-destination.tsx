import type { ApiAnswer } from '@affluent/protocol/api-calls'
import type { TestAnswer } from '@affluent/protocol/endpoints/destinations'
import { Button, TextInput } from '@mantine/core'
import { IconWebhook } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { SecretOnce } from '../../pieces/secret-once.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { useErrorWords } from '../../words/error-words.ts'
import css from './destinations.module.css'
import { TestResult } from './test-result.tsx'
import { useIsSandbox } from './use-destinations.ts'

type Made = ApiAnswer<'POST /v1/destinations'>

interface NewDestinationProps {
  /** undefined: not chosen yet */
  kind: 'webhook' | undefined
  /** Is connected to it afterwards. */
  audience: string | undefined
}

/** The set-up of a destination: the kind, its settings and a test, then its secret, once. */
export function NewDestination({ kind, audience }: NewDestinationProps) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const [made, setMade] = useState<Made | undefined>()
  const back = <Anchor href={places.destinations({ audience })}>{t('back')}</Anchor>
  if (made !== undefined)
    return (
      <>
        <PageHead title={t('setup.saved', { name: made.destination.name })} back={back} />
        <AfterSaving made={made} audience={audience} />
      </>
    )
  if (kind !== undefined) return <WebhookForm onMade={setMade} back={back} audience={audience} />
  return (
    <>
      <PageHead title={t('setup.title')} lead={t('setup.choose')} back={back} />
      <article className={`card ${css.kind}`}>
        <IconWebhook size={28} stroke={1.25} aria-hidden style={{ flex: 'none', color: 'var(--brand)' }} />
        <div className="stack" style={{ gap: 6, alignItems: 'flex-start' }}>
          <h2>
            {t('types.webhook')}
            <span title={t('setup.maturityHint')}>
              <StatusBadge tone="quiet">{t('setup.maturity')}</StatusBadge>
            </span>
          </h2>
          <p>{t('setup.webhookLead')}</p>
          <p className="note">{t('setup.maturityHint')}</p>
          <Button
            component={Anchor}
            href={places.destinations({ new: 'webhook', audience })}
            style={{ marginTop: 6 }}
          >
            {t('setup.chooseWebhook')}
          </Button>
        </div>
      </article>
      <p className="note" style={{ marginTop: 12 }}>
        {t('setup.more')}
      </p>
    </>
  )
}

interface WebhookFormProps {
  onMade: (made: Made) => void
  back: React.ReactNode
  audience: string | undefined
}

function WebhookForm({ onMade, back, audience }: WebhookFormProps) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const router = useRouter()
  const say = useErrorWords()
  const isSandbox = useIsSandbox()
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [secret, setSecret] = useState('')
  const [isTried, setTried] = useState(false)
  const [isTested, setTested] = useState(false)
  const test = useSend<TestAnswer>([])
  const creation = useSend<Made>(['/v1/destinations'])
  const settings = { url: url.trim(), ...(secret.trim() === '' ? {} : { secret: secret.trim() }) }
  const request = api('POST /v1/destinations', {
    body: { type: 'webhook', name: name.trim(), settings },
  })
  const nameFault = isTried && name.trim() === '' ? t('setup.nameMissing') : undefined
  const urlFault = (isTried || isTested) && url.trim() === '' ? t('setup.urlMissing') : undefined
  const said = (path: string) => (creation.error?.path === path ? say(creation.error) : undefined)
  const save = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (name.trim() !== '' && url.trim() !== '') creation.mutate(request, { onSuccess: onMade })
  }
  const tryOut = () => {
    setTested(true)
    if (url.trim() === '') return
    test.mutate(api('POST /v1/destinations/test', { body: { type: 'webhook', settings } }))
  }
  const urlRefused = creation.error?.code === 'url_not_allowed'
  return (
    <>
      <PageHead title={t('setup.title')} back={back} actions={<CopyAsCurl request={request} />} />
      {isSandbox && <p className={css.held}>{t('sandbox')}</p>}
      <form className={css.form} onSubmit={save} noValidate>
        <TextInput
          label={t('setup.name')}
          description={t('page.nameHint')}
          placeholder={t('setup.namePlaceholder')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={nameFault ?? said('name')}
          maxLength={200}
          autoComplete="off"
        />
        <TextInput
          label={t('setup.url')}
          description={t('setup.urlHint')}
          placeholder="https://example.com/affluent"
          type="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={urlFault}
          spellCheck={false}
          autoComplete="off"
        />
        <TextInput
          label={t('setup.secret')}
          description={t('setup.secretHint')}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          error={said('settings.secret')}
          spellCheck={false}
          autoComplete="off"
          className={css.code ?? ''}
        />
        <div className="row wrap">
          <Button variant="default" onClick={tryOut} loading={test.isPending} disabled={isSandbox}>
            {t('setup.test')}
          </Button>
          <span className="note">{t(isSandbox ? 'test.sandbox' : 'setup.testHint')}</span>
        </div>
        <TestResult answer={test.data} error={test.error} />
        {urlRefused ? (
          <TestResult answer={undefined} error={creation.error} />
        ) : (
          <ErrorNote error={creation.error} />
        )}
        <div className="row wrap">
          <Button type="submit" loading={creation.isPending}>
            {t('setup.save')}
          </Button>
          <Button variant="default" onClick={() => router.history.push(places.destinations({ audience }))}>
            {t('setup.cancel')}
          </Button>
        </div>
      </form>
    </>
  )
}

function AfterSaving({
  made: { destination, secret },
  audience,
}: {
  made: Made
  audience: string | undefined
}) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  return (
    <div className={css.form}>
      {secret !== undefined && (
        <SecretOnce label={t('setup.secretLabel')} secret={secret} hint={t('setup.secretOnce')} />
      )}
      <section className="card" style={{ padding: 16 }}>
        <h2>{t('setup.checking')}</h2>
        <p style={{ marginTop: 4 }}>{t('setup.checkingLead')}</p>
        <ol className={css.steps}>
          {(['join', 'sign', 'compare', 'age'] as const).map((step) => (
            <li key={step}>{t(`setup.checkingSteps.${step}`)}</li>
          ))}
        </ol>
      </section>
      <div className="row wrap">
        <Button component={Anchor} href={places.destination(destination.id, { connection: 'new', audience })}>
          {t('setup.next')}
        </Button>
        <Button component={Anchor} href={places.destination(destination.id)} variant="default">
          {t('setup.later')}
        </Button>
      </div>
    </div>
  )
}
