import { TextInput, type TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { slugOf } from '../app/slug-of.ts'

/** As `getInputProps` of a form gives them, with their words. */
type FieldProps = Omit<TextInputProps, 'onChange'> & { onChange: (value: string) => void }

/** A name, and the address that follows it until somebody writes their own. */
export function NameAndSlug({ name, slug }: { name: FieldProps; slug: FieldProps }) {
  const [isOwn, setOwn] = useState(false)
  return (
    <>
      <TextInput
        {...name}
        onChange={({ currentTarget: { value } }) => {
          name.onChange(value)
          if (!isOwn) slug.onChange(slugOf(value))
        }}
        data-autofocus
      />
      <TextInput
        {...slug}
        onChange={({ currentTarget: { value } }) => {
          setOwn(true)
          slug.onChange(value)
        }}
      />
    </>
  )
}
