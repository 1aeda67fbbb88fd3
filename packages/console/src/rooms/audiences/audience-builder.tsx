import type { AudienceAnswer } from '@affluent/protocol/api'
import { Button, Textarea } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGet } from '../../api/use-get.ts'
import { useSend } from '../../api/use-send.ts'
import { usePlaces } from '../../app/places.ts'
import { Sentence } from '../../conditions/sentence.tsx'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { useErrorWords } from '../../words/error-words.ts'
import { type AudienceDraft, EMPTY_DRAFT, isKey, readDraft } from './audience-draft.ts'
import css from './builder.module.css'
import { BuilderBar } from './builder-bar.tsx'
import { BuilderNames } from './builder-names.tsx'
import { ConditionBuilder } from './condition-builder.tsx'
import { EMPTY_PARTS } from './condition-model.ts'
import { CountCard } from './count-card.tsx'
import { describeCondition } from './describe-condition.ts'
import { TemplateChoice } from './template-choice.tsx'
import { useDraft } from './use-draft.ts'
import { usePreview } from './use-preview.ts'
import { useUndoKeys } from './use-undo-keys.ts'
import { WaterfallCard } from './waterfall-card.tsx'

interface AudienceBuilderProps {
  /** undefined: a new audience */
  audience?: AudienceAnswer | undefined
  /** What it begins with when no draft was kept. */
  start: AudienceDraft
  /** Under which the draft is kept in this browser. */
  keptAs: string
}

/** The builder of an audience: the condition in parts or as JSON, the sentence and the count that move with it. */
export function AudienceBuilder({ audience, start, keptAs }: AudienceBuilderProps) {
  const { t } = useTranslation(['audiences', 'pieces'])
  const places = usePlaces()
  const router = useRouter()
  const speaker = useSpeaker()
  const say = useErrorWords()
  const jsonId = useId()
  const editor = useDraft(keptAs, start)
  const { draft, change } = editor
  const [isTried, setTried] = useState(false)
  const root = useUndoKeys(editor)
  const others = useGet<{ audiences: AudienceAnswer[] }>('/v1/audiences', { freshMs: 30_000 })
  const taken = new Set(others.data?.audiences.map(({ key }) => key))
  const read = readDraft(draft)
  const preview = usePreview(read.condition, draft.population)
  const save = useSend<AudienceAnswer>(['/v1/audiences'])
  const isNew = audience === undefined
  const isEmpty = draft.json === null && draft.parts === EMPTY_PARTS

  const body = { name: draft.name.trim(), condition: read.condition, population: draft.population }
  const request = isNew
    ? ({ method: 'POST', path: '/v1/audiences', body: { key: draft.key, ...body } } as const)
    : ({ method: 'PUT', path: `/v1/audiences/${audience.key}`, body } as const)
  const leave = () => {
    editor.forget()
    router.history.push(isNew ? places.audiences() : places.audience(audience.key))
  }
  const submit = () => {
    setTried(true)
    const isReady =
      body.name !== '' && isKey(draft.key) && read.condition !== null && read.incomplete.length === 0
    if (!isReady || read.jsonFault !== undefined) return
    save.mutate(request, {
      onSuccess: ({ key }) => {
        editor.forget()
        router.history.push(places.audience(key))
      },
    })
  }
  // what the server says while counting is as good as what it says while saving
  const fault = save.error ?? preview.error
  const jsonFault =
    read.jsonFault === undefined ? undefined : t('builder.jsonWrong', { reason: read.jsonFault })
  return (
    <div ref={root}>
      <PageHead
        title={isNew ? t('builder.newTitle') : t('builder.editTitle', { name: audience.name })}
        back={
          <Anchor href={isNew ? places.audiences() : places.audience(audience.key)}>
            {isNew ? t('back') : audience.name}
          </Anchor>
        }
        actions={<CopyAsCurl request={request} />}
      />
      <p className={`note ${css.narrow}`} style={{ marginBottom: 12 }}>
        {t('builder.narrow')}
      </p>
      <div className={css.page}>
        <form
          className={css.main}
          onSubmit={(event) => {
            event.preventDefault()
            submit()
          }}
          noValidate
        >
          {editor.wasKept && (
            <p className="row wrap note">
              {t('builder.draft')}
              <Button variant="subtle" size="compact-xs" onClick={() => editor.restart(start)}>
                {t('builder.draftAgain')}
              </Button>
            </p>
          )}
          <BuilderNames
            draft={draft}
            change={change}
            taken={taken}
            isNew={isNew}
            isTried={isTried}
            error={save.error}
          />
          <p className={css.sentence} aria-live="polite" aria-label={t('builder.sentence')} role="status">
            <Sentence
              text={describeCondition({ condition: read.condition, population: draft.population }, speaker)}
            />
          </p>
          {isNew && isEmpty && <TemplateChoice change={change} taken={taken} />}
          <BuilderBar editor={editor} />
          {draft.json === null ? (
            <ConditionBuilder
              parts={draft.parts}
              change={change}
              read={read}
              fault={fault}
              ownKey={audience?.key}
            />
          ) : (
            <section className={`card ${css.section}`}>
              <Textarea
                id={jsonId}
                className={css.json ?? ''}
                label={t('builder.json')}
                description={t('builder.jsonHint')}
                value={draft.json}
                onChange={(event) => {
                  const json = event.currentTarget.value
                  change((before) => ({ ...before, json }), 'json')
                }}
                error={
                  jsonFault ??
                  (fault?.path?.startsWith('condition') === true ? `${fault.path}: ${say(fault)}` : undefined)
                }
                autosize
                minRows={10}
                maxRows={32}
                spellCheck={false}
              />
            </section>
          )}
          {read.incomplete.length > 0 && (
            <p className="note">{t('builder.incomplete', { count: read.incomplete.length })}</p>
          )}
          {isTried && read.incomplete.length > 0 && <ErrorNote>{t('builder.complete')}</ErrorNote>}
          {isTried && read.condition === null && read.incomplete.length === 0 && jsonFault === undefined && (
            <ErrorNote>{t('builder.jsonMissing')}</ErrorNote>
          )}
          {save.error !== null && <ErrorNote error={save.error} />}
          <div className={css.save}>
            <Button type="submit" loading={save.isPending}>
              {t(isNew ? 'builder.save' : 'builder.saveChanges')}
            </Button>
            <Button variant="default" onClick={leave}>
              {t('builder.discard')}
            </Button>
            <span className="note">{t('builder.saveHint')}</span>
          </div>
        </form>
        <aside className={css.side} aria-label={t('builder.count')}>
          <CountCard preview={preview} population={draft.population} />
          {draft.json === null && <WaterfallCard parts={draft.parts} population={draft.population} />}
        </aside>
      </div>
    </div>
  )
}

/** The builder for a new audience. @param original the one to begin as a copy of */
export function NewAudience({ original }: { original: AudienceDraft | undefined }) {
  return (
    <AudienceBuilder
      start={original ?? EMPTY_DRAFT}
      keptAs={original === undefined ? 'new' : `copy-of-${original.name}`}
    />
  )
}
