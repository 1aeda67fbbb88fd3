import { usePlaces } from '../../app/places.ts'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'

/** Audiences by name, one after the other, each a link. */
export function AudienceNames({ keys }: { keys: readonly string[] }) {
  const { nameOf } = useSpeaker()
  const places = usePlaces()
  return keys.map((key, index) => (
    <span key={key}>
      {index > 0 && ', '}
      <Anchor href={places.audience(key)}>
        <PlainText>{nameOf(key)}</PlainText>
      </Anchor>
    </span>
  ))
}
