import { describeCondition } from '@affluent/core/condition/describe/describe-condition'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { usePlaces } from '../../app/places.ts'
import { Sentence } from '../../conditions/sentence.tsx'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { ChangedMeanwhile } from '../../pieces/changed-meanwhile.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { type AudienceDraft, draftOf, EMPTY_DRAFT, readDraft } from './audience-draft.ts'
import css from './builder.module.css'
import { BuilderBar } from './builder-bar.tsx'
import { BuilderFoot } from './builder-foot.tsx'
import { BuilderNames } from './builder-names.tsx'
import { ConditionBuilder } from './condition-builder.tsx'
import { EMPTY_PARTS } from './condition-model.ts'
import { ConditionWarnings } from './condition-warnings.tsx'
import { CountCard } from './count-card.tsx'
import { JsonEditor } from './json-editor.tsx'
import { TemplateChoice } from './template-choice.tsx'
import { useIsNameTaken } from './use-audiences.ts'
import { useDifferences } from './use-differences.tsx'
import { useDraft } from './use-draft.ts'
import { usePreview } from './use-preview.ts'
import { useSaving } from './use-saving.ts'
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
  const { t } = useTranslation('audiences')
  const places = usePlaces()
  const speaker = useSpeaker()
  const editor = useDraft(keptAs, start)
  const root = useUndoKeys(editor)
  const { draft, change } = editor
  const { population, parts, json } = draft
  const read = readDraft(draft)
  const preview = usePreview(read.condition, population)
  const isNameTaken = useIsNameTaken(audience)
  const saving = useSaving(editor, read, audience, isNameTaken(draft.name))
  const others = useGet(api('GET /v1/audiences'), { freshMs: 30_000 })
  const taken = new Set(others.data?.audiences.map(({ key }) => key))
  const isNew = audience === undefined
  const warnings = preview.isOld ? [] : (preview.answer?.warnings ?? [])
  const differencesOf = useDifferences()
  const isEmpty = json === null && parts === EMPTY_PARTS
  // what the server says while counting is as good as what it says while saving
  const fault = saving.error ?? preview.error
  return (
    <div ref={root}>
      <PageHead
        title={isNew ? t('builder.newTitle') : t('builder.editTitle', { name: audience.name })}
        back={
          <Anchor href={isNew ? places.audiences() : places.audience(audience.key)}>
            {isNew ? t('back') : audience.name}
          </Anchor>
        }
        actions={<CopyAsCurl request={saving.request} />}
      />
      <p className={`note ${css.narrow}`} style={{ marginBottom: 12 }}>
        {t('builder.narrow')}
      </p>
      <div className={css.page}>
        <form
          className={css.main}
          onSubmit={(event) => {
            event.preventDefault()
            saving.save()
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
            isTried={saving.isTried}
            isNameTaken={isNameTaken(draft.name)}
            error={saving.error}
          />
          <p className={css.sentence} aria-label={t('builder.sentence')} role="status">
            <Sentence text={describeCondition({ condition: read.condition, population }, speaker)} />
          </p>
          {isNew && isEmpty && <TemplateChoice change={change} taken={taken} />}
          <BuilderBar editor={editor} />
          {json === null ? (
            <ConditionBuilder
              parts={parts}
              change={change}
              read={read}
              fault={fault}
              warnings={warnings}
              ownKey={audience?.key}
            />
          ) : (
            <>
              <JsonEditor json={json} change={change} fault={fault} />
              <ConditionWarnings warnings={warnings} />
              {read.incomplete.length > 0 && (
                <p className="note">{t('builder.unfinished', { count: read.incomplete.length })}</p>
              )}
            </>
          )}
          {audience !== undefined && (
            <ChangedMeanwhile
              edit={saving.edit}
              differences={differencesOf(draft, audience)}
              onTake={() => editor.restart(draftOf(audience))}
            />
          )}
          <BuilderFoot
            read={read}
            isNew={isNew}
            isTried={saving.isTried}
            isBusy={saving.isBusy}
            error={saving.error}
            onLeave={saving.leave}
          />
        </form>
        <aside className={css.side} aria-label={t('builder.count')}>
          <CountCard preview={preview} population={population} />
          {json === null && <WaterfallCard parts={parts} population={population} />}
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
