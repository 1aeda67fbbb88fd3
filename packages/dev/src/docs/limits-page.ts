/**
 * The page of limits, from `limits.ts`: each exported constant with the sentence above it.
 * @param source text of packages/protocol/src/limits.ts
 * @param values the same constants, by name
 */
export function limitsPage(source: string, values: Readonly<Record<string, unknown>>): string {
  const rows: string[] = []
  for (const [, comment = '', name = ''] of source.matchAll(
    /\/\*\*((?:(?!\*\/)[^])+)\*\/\nexport const (\w+)/g,
  )) {
    const sentence = comment.replaceAll(/\s*\n \* ?/g, ' ').trim()
    const value = values[name]
    rows.push(
      `| \`${name}\` | ${typeof value === 'number' ? value.toLocaleString('en-US') : String(value)} | ${sentence} |`,
    )
  }
  return `# Limits

Everything has a bound with a name and a unit. This page is made from \`packages/protocol/src/limits.ts\`; a test keeps the two equal.

| name | value | bounds |
|---|---|---|
${rows.join('\n')}
`
}
