import type { Readiness } from './readiness.ts'
import type { Words } from './words.ts'

/** Draws the page once; answers the function that shows a new state in it. */
export function drawPage(root: HTMLElement, words: Words): (readiness: Readiness) => void {
  document.documentElement.lang = words.language
  const status = element('p', { className: 'status', role: 'status' })
  const reference = element('a', { href: '/openapi.json', textContent: words.reference })
  const links = element('p', {})
  links.append(reference)
  root.replaceChildren(title(), element('p', { className: 'lead', textContent: words.lead }), status, links)

  return function show(readiness) {
    // A screen reader speaks only what changes.
    if (status.dataset.state === readiness) return
    status.dataset.state = readiness
    status.textContent = words.status[readiness]
  }
}

function title(): HTMLElement {
  const heading = element('h1', {})
  // The name follows in words, so the picture has none of its own.
  heading.append(element('img', { src: './logo.svg', alt: '' }), 'Affluent')
  return heading
}

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]>,
): HTMLElementTagNameMap[Tag] {
  return Object.assign(document.createElement(tag), properties)
}
