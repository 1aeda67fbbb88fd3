import { piecesOf } from '@affluent/core/sentence/marked'

/** A sentence whose values from data stand out a little; they are text and wrap. */
export function Sentence({ text }: { text: string }) {
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      {piecesOf(text).map((piece, index) =>
        index % 2 === 1 ? (
          <bdi key={`piece${index}`} style={{ fontWeight: 500 }}>
            {piece}
          </bdi>
        ) : (
          <span key={`piece${index}`}>{piece}</span>
        ),
      )}
    </span>
  )
}
