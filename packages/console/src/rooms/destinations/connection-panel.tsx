import type { ConnectionAnswer, ConnectionPreview } from '@affluent/protocol/endpoints/connections'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import type { Json } from '@affluent/protocol/event'
import { Button, Checkbox, SegmentedControl, Select, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useAsk } from '../../api/use-ask.ts'
import { useEdit } from '../../api/use-edit.ts'
import { useSend } from '../../api/use-send.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { useCatalogue } from '../../conditions/use-catalogue.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { ChangedMeanwhile } from '../../pieces/changed-meanwhile.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { JsonView } from '../../pieces/json-view.tsx'
import { SidePanel } from '../../pieces/side-panel.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { useErrorWords } from '../../words/error-words.ts'
import {
  type ConnectionDraft,
  draftOfConnection,
  newConnection,
  type ReadConnection,
  readConnectionDraft,
  withFilterForm,
  withFilterJson,
} from './connection-draft.ts'
import css from './destinations.module.css'
import { FilterForm } from './filter-form.tsx'
import { MappingForm } from './mapping-form.tsx'
import { payloadPaths } from './payload-paths.ts'
import { type ConnectionWords, useConnectionWords } from './use-connection-words.ts'

interface ConnectionPanelProps {
  destination: DestinationAnswer
  /** undefined: a new one */
  connection: ConnectionAnswer | undefined
  /** From which a new one begins. */
  audience: string | undefined
  onClose: () => void
}

const PANEL_WIDTH = 720
const CHANGES = ['/v1/connections', '/v1/destinations', '/v1/deliveries']

/** Makes or changes a connection: from where, which events, in which shape, and what would be sent of a real one. */
export function ConnectionPanel({ destination, connection, audience, onClose }: ConnectionPanelProps) {
  const { t } = useTranslation('destinations')
  const words = useConnectionWords()
  const [isTried, setTried] = useState(false)
  const [draft, setDraft] = useState<ConnectionDraft>(() =>
    connection === undefined ? newConnection(audience) : draftOfConnection(connection),
  )
  const send = useSend(CHANGES)
  const [seen, setSeen] = useState(connection)
  // a switch that was turned meanwhile is nothing that this form would replace
  const version = isSameShape(seen, connection)
    ? Math.max(seen?.version ?? 0, connection?.version ?? 0)
    : (seen?.version ?? 0)
  const edit = useEdit(CHANGES, version, (next) => connection && setSeen({ ...connection, version: next }))
  const isNew = connection === undefined
  const read = readConnectionDraft(draft)
  const { from, filter, mapping, required } = read
  const isAudience = from !== undefined && 'audience' in from
  const members = isAudience && isNew ? { sendCurrentMembers: draft.sendsMembers } : {}
  const shape = { filter, mapping, required }
  const creation =
    from === undefined
      ? undefined
      : api('POST /v1/connections', { body: { from, destination: destination.id, ...shape, ...members } })
  const request = isNew
    ? creation
    : api('PUT /v1/connections/{id}', { params: { id: connection.id }, body: shape })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (request === undefined || filter === undefined || mapping === undefined) return
    if (isNew) send.mutate(request, { onSuccess: onClose })
    else edit.save(request, onClose)
  }
  const change = (next: Partial<ConnectionDraft>) => setDraft((before) => ({ ...before, ...next }))
  return (
    <SidePanel
      title={t(isNew ? 'connectionForm.newTitle' : 'connectionForm.editTitle')}
      onClose={onClose}
      width={PANEL_WIDTH}
      actions={request === undefined ? undefined : <CopyAsCurl isNarrow request={request} />}
    >
      <form className="stack" style={{ gap: 20 }} onSubmit={submit} noValidate>
        <From draft={draft} change={change} words={words} isNew={isNew} isTried={isTried} />
        <What draft={draft} setDraft={setDraft} read={read} words={words} isAudience={isAudience} />
        <Shape draft={draft} change={change} read={read} isTried={isTried} />
        <Preview read={read} />
        {isNew && isAudience && (
          <Members draft={draft} change={change} words={words} audience={from.audience} />
        )}
        <div className={css.fieldset}>
          <h3>{t('connectionForm.purpose')}</h3>
          <p>{t('connectionForm.purposeLead')}</p>
          <p className="note">{t('connectionForm.purposeHint')}</p>
        </div>
        <ErrorNote error={send.error ?? edit.error} />
        {connection !== undefined && (
          <ChangedMeanwhile
            edit={edit}
            differences={differencesOf(read, connection).map(([part, mine, theirs]) => ({
              label: t(`connectionForm.${part}`),
              mine: <JsonView value={mine} />,
              theirs: <JsonView value={theirs} />,
            }))}
            onTake={() => setDraft(draftOfConnection(connection))}
          />
        )}
        <div className="row wrap">
          <Button type="submit" loading={send.isPending || edit.isBusy}>
            {t(isNew ? 'connectionForm.create' : 'connectionForm.save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('setup.cancel')}
          </Button>
        </div>
      </form>
    </SidePanel>
  )
}

interface PartProps {
  draft: ConnectionDraft
  change: (next: Partial<ConnectionDraft>) => void
}

type Shape = Pick<ConnectionAnswer, 'filter' | 'mapping'>

function isSameShape(a: Shape | undefined, b: Shape | undefined): boolean {
  return JSON.stringify([a?.filter, a?.mapping]) === JSON.stringify([b?.filter, b?.mapping])
}

/** What of a connection is not the same in the form. */
function differencesOf({ filter, mapping }: ReadConnection, theirs: ConnectionAnswer) {
  const parts = [
    ['what', filter ?? null, (theirs.filter ?? null) as Json],
    ['payload', mapping ?? null, (theirs.mapping ?? null) as Json],
  ] as const
  return parts.filter(([, mine, other]) => JSON.stringify(mine) !== JSON.stringify(other))
}

function From({
  draft,
  change,
  words,
  isNew,
  isTried,
}: PartProps & { words: ConnectionWords; isNew: boolean; isTried: boolean }) {
  const { t } = useTranslation('destinations')
  const data = [
    {
      group: t('connectionForm.sources'),
      items: [
        { value: 'source:*', label: t('connections.allSources') },
        ...words.sources.map(({ slug, name }) => ({ value: `source:${slug}`, label: name })),
      ],
    },
    {
      group: t('connectionForm.audiences'),
      items: words.audiences.map(({ key, name }) => ({ value: `audience:${key}`, label: name })),
    },
  ]
  return (
    <Select
      label={t('connectionForm.from')}
      description={t('connectionForm.fromHint')}
      placeholder={t('connectionForm.choose')}
      data={data}
      value={draft.from}
      // names of the other kind of events do not fit
      onChange={(from) => change({ from, filter: { ...draft.filter, events: [], tests: [], source: null } })}
      disabled={!isNew}
      error={isTried && draft.from === null ? t('connectionForm.missing') : undefined}
      searchable
      allowDeselect={false}
    />
  )
}

interface WhatProps {
  draft: ConnectionDraft
  setDraft: (next: ConnectionDraft) => void
  read: ReadConnection
  words: ConnectionWords
  isAudience: boolean
}

function What({ draft, setDraft, read, words, isAudience }: WhatProps) {
  const { t } = useTranslation('destinations')
  const { isFiltered, filterJson } = draft
  const form = filterJson === null ? undefined : withFilterForm(draft)
  const isFromOne = read.from !== undefined && 'source' in read.from && read.from.source !== '*'
  const fault =
    read.filterFault === undefined ? undefined : t('connectionForm.jsonWrong', { reason: read.filterFault })
  return (
    <div className={css.fieldset}>
      <h3>{t('connectionForm.what')}</h3>
      <div className="row wrap">
        <SegmentedControl
          size="xs"
          aria-label={t('connectionForm.what')}
          data={[
            { value: 'all', label: t(isAudience ? 'connectionForm.everyMove' : 'connectionForm.everything') },
            { value: 'some', label: t(isAudience ? 'connectionForm.someMoves' : 'connectionForm.some') },
          ]}
          value={isFiltered ? 'some' : 'all'}
          onChange={(value) => setDraft({ ...draft, isFiltered: value === 'some' })}
        />
        {isFiltered && (
          <Button
            variant="subtle"
            size="compact-xs"
            disabled={filterJson !== null && form === undefined}
            onClick={() => setDraft(filterJson === null ? withFilterJson(draft) : (form ?? draft))}
          >
            {t(filterJson === null ? 'connectionForm.asJson' : 'connectionForm.asForm')}
          </Button>
        )}
      </div>
      {isFiltered && filterJson === null && (
        <FilterForm
          filter={draft.filter}
          onChange={(filter) => setDraft({ ...draft, filter })}
          sources={isAudience ? null : isFromOne ? [] : words.sources}
        />
      )}
      {isFiltered && filterJson !== null && (
        <>
          <Textarea
            label={t('connectionForm.filterJson')}
            description={t('connectionForm.filterJsonHint')}
            className={css.code ?? ''}
            value={filterJson}
            onChange={(event) => setDraft({ ...draft, filterJson: event.currentTarget.value })}
            error={fault}
            autosize
            minRows={4}
            maxRows={20}
            spellCheck={false}
          />
          {form === undefined && fault === undefined && (
            <p className="note">{t('connectionForm.filterRich')}</p>
          )}
        </>
      )}
    </div>
  )
}

function Shape({ draft, change, read, isTried }: PartProps & { read: ReadConnection; isTried: boolean }) {
  const { t } = useTranslation('destinations')
  // the whole event, to have paths to choose from
  const { data } = usePreview(
    draft.isMapped ? { ...read, filter: read.filter ?? null, mapping: null, required: [] } : undefined,
  )
  const catalogue = useCatalogue()
  const lacks = useLacks()
  const { data: mapped, isOld } = usePreview(draft.isMapped ? read : undefined)
  const isAudience = read.from !== undefined && 'audience' in read.from
  const warnings = new Map(
    mapped === undefined || isOld
      ? []
      : mapped.lacking.map((each) => [each.field, lacks(each, mapped.of, isAudience)] as const),
  )
  return (
    <div className={css.fieldset}>
      <h3>{t('connectionForm.payload')}</h3>
      <div>
        <SegmentedControl
          size="xs"
          aria-label={t('connectionForm.payload')}
          data={[
            { value: 'whole', label: t('connectionForm.whole') },
            { value: 'mapped', label: t('connectionForm.mapped') },
          ]}
          value={draft.isMapped ? 'mapped' : 'whole'}
          onChange={(value) => change({ isMapped: value === 'mapped' })}
        />
      </div>
      {draft.isMapped && (
        <MappingForm
          fields={draft.fields}
          onChange={(fields) => change({ fields })}
          paths={payloadPaths((data?.payload ?? {}) as Json)}
          traits={catalogue?.traits.map(({ name }) => name) ?? []}
          warnings={warnings}
        />
      )}
      {isTried && read.mapping === undefined && <ErrorNote>{t('connectionForm.fieldsMissing')}</ErrorNote>}
    </div>
  )
}

function Members({
  draft,
  change,
  words,
  audience,
}: PartProps & { words: ConnectionWords; audience: string }) {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const size = words.audiences.find(({ key }) => key === audience)?.size ?? 0
  return (
    <div className={css.fieldset}>
      <h3>{t('connectionForm.members')}</h3>
      <Checkbox
        label={t('connectionForm.sendMembers', { count: size, shown: formats.number(size) })}
        description={t('connectionForm.sendMembersHint')}
        checked={draft.sendsMembers}
        onChange={(event) => change({ sendsMembers: event.currentTarget.checked })}
      />
    </div>
  )
}

const PAUSE_MS = 400

/** Says of how many a field would be missing. */
function useLacks() {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  return ({ count }: ConnectionPreview['lacking'][number], of: number, isAudience: boolean): string => {
    const shown = { count, lacking: formats.number(count), of: formats.number(of) }
    if (count < of)
      return t(isAudience ? 'connectionForm.lackingMembers' : 'connectionForm.lackingEvents', shown)
    return t(isAudience ? 'connectionForm.lackingAllMembers' : 'connectionForm.lackingAllEvents', shown)
  }
}

function usePreview(read: Pick<ReadConnection, 'from' | 'filter' | 'mapping' | 'required'> | undefined) {
  const { from, filter, mapping, required } = read ?? {}
  const isReady = from !== undefined && filter !== undefined && mapping !== undefined
  const text = isReady ? JSON.stringify({ from, filter, mapping, required }) : ''
  const request = useMemo(
    () =>
      isReady
        ? api('POST /v1/connections/preview', { body: { from, filter, mapping, required } })
        : undefined,
    [text],
  )
  const [settled] = useDebouncedValue(request, PAUSE_MS)
  const asked = useAsk(settled)
  return { ...asked, isReady, isOld: asked.isPlaceholderData || settled !== request }
}

function Preview({ read }: { read: ReadConnection }) {
  const { t } = useTranslation('destinations')
  const places = usePlaces()
  const formats = useFormats()
  const say = useErrorWords()
  const { data, error, isReady, isOld } = usePreview(read)
  const isAudience = read.from !== undefined && 'audience' in read.from
  return (
    <section className={css.fieldset} aria-label={t('connectionForm.preview')}>
      <h3>{t('connectionForm.preview')}</h3>
      {!isReady && <p className="note">{t('connectionForm.previewNone')}</p>}
      {isReady && error !== null && (
        <ErrorNote>{error.path === undefined ? say(error) : `${error.path}: ${say(error)}`}</ErrorNote>
      )}
      {isReady && error === null && data !== undefined && (
        <>
          <p className="row wrap note">
            {data.member !== null ? (
              <>
                {t('connectionForm.previewRealMember')}
                <Anchor href={places.person(data.member.profileId)}>
                  {data.member.title === '' ? data.member.profileId : data.member.title}
                </Anchor>
              </>
            ) : data.example === null ? (
              t(isAudience ? 'connectionForm.previewMember' : 'connectionForm.previewMadeUp')
            ) : (
              <>
                {t('connectionForm.previewReal')}
                <Anchor href={places.live({ event: `evt_${data.example.position}` })}>
                  {t('connectionForm.previewOpen')}
                </Anchor>
              </>
            )}
            {data.matches !== null && (
              <StatusBadge tone={data.matches ? 'good' : 'warn'} plain>
                {t(data.matches ? 'connectionForm.previewMatches' : 'connectionForm.previewMisses')}
              </StatusBadge>
            )}
          </p>
          {data.heldOf > 0 && (
            <p className={css.warning} role="status">
              {t(isAudience ? 'connectionForm.heldMembers' : 'connectionForm.heldEvents', {
                count: data.heldOf,
                held: formats.number(data.heldOf),
                of: formats.number(data.of),
              })}
            </p>
          )}
          <div className={css.preview} data-old={isOld || undefined} aria-live="polite">
            <JsonView value={data.payload} />
          </div>
        </>
      )}
    </section>
  )
}
