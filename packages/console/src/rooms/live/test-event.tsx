import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import { Button, Modal, SegmentedControl, Select } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { JsonEditor } from './json-editor.tsx'
import { readObject } from './read-event-text.ts'
import { useReasonWords } from './reason-words.ts'
import { CollectError, sendEvent } from './send-event.ts'
import { useSources } from './use-sources.ts'

interface TestEventProps {
  opened: boolean
  onClose: () => void
  /** With the position that the event got. */
  onSent: (position: number) => void
}

const KINDS = ['track', 'identify'] as const
type Kind = (typeof KINDS)[number]

const EXAMPLES: Readonly<Record<Kind, object>> = {
  track: { userId: 'test-1', event: 'Test Event', properties: { plan: 'pro', price: 49.9 } },
  identify: { userId: 'test-1', traits: { firstName: 'Ada', email: 'ada.test@example.com' } },
}

/** Sends one event from this browser through the collect endpoint, as a site would. */
export function TestEvent({ opened, onClose, onSent }: TestEventProps) {
  const { t } = useTranslation(['live', 'pieces'])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={t('live:test.title')}
      closeButtonProps={{ 'aria-label': t('pieces:close') }}
    >
      <Form onClose={onClose} onSent={onSent} />
    </Modal>
  )
}

function Form({ onClose, onSent }: Omit<TestEventProps, 'opened'>) {
  const { t } = useTranslation(['live', 'pieces'])
  const places = usePlaces()
  const { sources, isKnown } = useSources()
  const [slug, setSlug] = useState<string | null>(null)
  const [kind, setKind] = useState<Kind>('track')
  const [texts, setTexts] = useState(() => ({ track: exampleOf('track'), identify: exampleOf('identify') }))
  const usable = sources.filter((one): one is Usable => one.enabled && one.writeKey !== null)
  const source = usable.find((one) => one.slug === slug) ?? usable[0]
  const body = readObject(texts[kind])
  const send = useMutation({
    mutationFn: sendEvent,
    networkMode: 'always',
    onSuccess: (position) => onSent(position),
  })
  if (!isKnown) return <LoadingRows rows={3} />
  if (source === undefined)
    return (
      <p>
        {t('live:test.noSource')} <Anchor href={places.sources()}>{t('live:test.toSources')}</Anchor>
      </p>
    )
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (body !== undefined) send.mutate({ type: kind, writeKey: source.writeKey, body })
      }}
    >
      <p className="quiet">{t('live:test.lead')}</p>
      <div className="row wrap" style={{ alignItems: 'flex-end' }}>
        <SegmentedControl
          aria-label={t('live:test.kind')}
          value={kind}
          onChange={(value) => setKind(value === 'identify' ? 'identify' : 'track')}
          data={KINDS.map((value) => ({ value, label: value }))}
        />
        <Select
          className="grow"
          label={t('live:columns.source')}
          description={t('live:test.sourceHint')}
          allowDeselect={false}
          value={source.slug}
          onChange={setSlug}
          data={usable.map((one) => ({ value: one.slug, label: one.name }))}
        />
      </div>
      <JsonEditor
        label={t('live:test.body')}
        text={texts[kind]}
        onText={(text) => setTexts((before) => ({ ...before, [kind]: text }))}
      />
      {send.error !== null && <Refused error={send.error} />}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {t('pieces:cancel')}
        </Button>
        <Button type="submit" disabled={body === undefined} loading={send.isPending}>
          {t('live:test.send')}
        </Button>
      </div>
    </form>
  )
}

type Usable = SourceAnswer & { writeKey: string }

function Refused({ error }: { error: Error }) {
  const { t } = useTranslation('live')
  const reason = useReasonWords()
  if (!(error instanceof CollectError)) return <ErrorNote>{t('test.unreachable')}</ErrorNote>
  return (
    <ErrorNote>
      {t('repair.refused')} {reason.advice({ outcome: 'refused', code: error.code }) ?? error.message}
    </ErrorNote>
  )
}

function exampleOf(kind: Kind): string {
  return JSON.stringify(EXAMPLES[kind], null, 2)
}
