import '@xyflow/react/dist/base.css'
import type { GraphAnswer } from '@affluent/protocol/endpoints/profiles'
import {
  Background,
  Controls,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { PlainText } from '../../pieces/plain-text.tsx'
import { plainTextOf } from '../../pieces/plain-text-of.ts'
import { strongestFirst } from '../live/strongest.ts'
import { layoutGraph } from './graph-layout.ts'
import css from './merge-graph.module.css'

type Merge = GraphAnswer['merges'][number]
type Fragment = GraphAnswer['fragments'][number]
type FragmentNode = Node<{ fragment: Fragment }, 'fragment'>

const NODE_TYPES = { fragment: FragmentBox }
const LABEL_CHARS = 22
const LABEL_END_CHARS = 8

interface MergeGraphProps {
  graph: GraphAnswer
  /** undefined: nothing can be undone */
  onUndo: ((merge: Merge) => void) | undefined
}

/** Fragments and the merges that join them, as a picture; the table above it says the same. */
export function MergeGraph({ graph, onUndo }: MergeGraphProps) {
  const { t } = useTranslation('people')
  const nodes = useMemo(() => nodesOf(graph), [graph])
  const edges = useMemo(() => edgesOf(graph), [graph])
  const words = {
    'controls.ariaLabel': t('graph.controls'),
    'controls.zoomIn.ariaLabel': t('graph.zoomIn'),
    'controls.zoomOut.ariaLabel': t('graph.zoomOut'),
    'controls.fitView.ariaLabel': t('graph.fit'),
  }
  return (
    <figure className={css.figure} aria-label={t('graph.title')}>
      <div className={css.picture}>
        <ReactFlow
          proOptions={{ hideAttribution: true }}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          ariaLabelConfig={words}
          aria-label={t('graph.title')}
          fitView
          fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
          minZoom={0.15}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          disableKeyboardA11y
          onEdgeClick={(_, edge) => {
            const merge = graph.merges.find(({ ledgerId }) => ledgerId === edge.id)
            if (merge !== undefined) onUndo?.(merge)
          }}
        >
          <Background color="var(--line)" gap={20} />
          <Controls showInteractive={false} />
        </ReactFlow>
      </div>
      <figcaption className="note">{t('graph.caption')}</figcaption>
    </figure>
  )
}

function nodesOf({ fragments, merges }: GraphAnswer): FragmentNode[] {
  const spots = new Map(
    layoutGraph(
      fragments.map(({ id }) => id),
      merges,
    ).map((spot) => [spot.id, spot]),
  )
  return fragments.map((fragment) => {
    const { x = 0, y = 0 } = spots.get(fragment.id) ?? {}
    return { id: fragment.id, type: 'fragment', position: { x, y }, data: { fragment } }
  })
}

function edgesOf({ fragments, merges }: GraphAnswer): Edge[] {
  const spots = new Map(
    layoutGraph(
      fragments.map(({ id }) => id),
      merges,
    ).map((spot) => [spot.id, spot]),
  )
  return merges.map(({ ledgerId, a, b, identifiers }) => {
    const isLeftToRight = (spots.get(a)?.x ?? 0) <= (spots.get(b)?.x ?? 0)
    const [by] = strongestFirst(identifiers)
    return {
      id: ledgerId,
      source: isLeftToRight ? a : b,
      target: isLeftToRight ? b : a,
      ...(by === undefined ? {} : { label: short(by.value), labelBgPadding: [6, 3], labelBgBorderRadius: 4 }),
    }
  })
}

function FragmentBox({ data: { fragment } }: NodeProps<FragmentNode>) {
  const { t } = useTranslation('people')
  const formats = useFormats()
  const [anchor] = strongestFirst(fragment.identifiers)
  return (
    <div className={css.box}>
      <Handle type="target" position={Position.Left} className={css.handle} isConnectable={false} />
      <span className={css.namespace}>
        {anchor === undefined ? t('graph.fragment') : <PlainText>{anchor.namespace}</PlainText>}
      </span>
      <span className={css.anchor}>
        {anchor === undefined ? fragment.id : <PlainText>{anchor.value}</PlainText>}
      </span>
      <span className={css.counts}>
        {t('timeline.events', { count: fragment.events, shown: formats.number(fragment.events) })}
        {fragment.traits > 0 && <> · {t('graph.traits', { count: fragment.traits })}</>}
      </span>
      <Handle type="source" position={Position.Right} className={css.handle} isConnectable={false} />
    </div>
  )
}

// In the middle: the beginning and the end of an identifier tell it from others.
function short(text: string): string {
  const signs = [...plainTextOf(text)]
  if (signs.length <= LABEL_CHARS) return signs.join('')
  const start = signs.slice(0, LABEL_CHARS - LABEL_END_CHARS - 1)
  return `${start.join('')}…${signs.slice(-LABEL_END_CHARS).join('')}`
}
