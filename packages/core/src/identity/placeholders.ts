import { IDENTIFIER_BYTES_MAX } from '@affluent/protocol/limits'

const VOID =
  'undefined|null|nan|nil|none|nothing|unknown|anonymous|anon|guest|invalid|missing|empty|void|infinity|not set|not available|not applicable|not provided'
const SUBJECT = 'user|visitor|customer|client|member|person|subscriber|account|contact|device|session'
const KEY = 'id|ids|uid|uuid|guid|email|e-mail|mail|name|identifier'
const GAP = '[\\s._:,;|/\\\\+-]'

/**
 * Words for "nobody" and for what should have stood there, and nothing else: `undefined undefined`, `user_null`,
 * `guest-user`.
 */
const ONLY_WORDS = new RegExp(`^(?:${VOID}|${SUBJECT}|${KEY})(?:${GAP}+(?:${VOID}|${SUBJECT}|${KEY}))*$`)
const HAS_VOID = new RegExp(`(?:^|${GAP})(?:${VOID})(?:$|${GAP})`)

/** The name of a field in the place of its value: `userId`, `YOUR_SEGMENT_USER_ID`, `insert user id here`. */
const FIELD_NAME = new RegExp(`^(?:anonymous|${SUBJECT})${GAP}*(?:${KEY})$`)
const INSTRUCTION = new RegExp(
  `^(?:(?:your|my|the|insert|enter|replace|put|add|some)${GAP}*[\\w\\s.:,;|/\\\\+-]*(?:${KEY})(?:${GAP}*here)?|(?:replace|change)${GAP}*(?:me|this))$`,
)

/** What else stands where nobody is known, in lower case. */
const FAMOUS = new Set([
  ...['', '-1', 'n/a', 'na', 'true', 'false', 'test', 'user', 'id', 'email', 'name', 'function', 'not set'],
  ...[
    '\\n',
    'invalid date',
    '-infinity',
    '+infinity',
    'nobody',
    'no one',
    'tbd',
    'todo',
    'placeholder',
    'dummy',
    'default',
    'error',
  ],
  ...['test@example.com', 'test@gmail.com', 'you@example.com', 'email@example.com', 'example@example.com'],
  ...['0123456789', '1234567890', '+1234567890', '123456789012', '0612345678901'],
  // of documentation, and what a whole series of devices answered
  ...['123e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-12d3-a456-426655440000'],
  ...['550e8400-e29b-41d4-a716-446655440000', '3fa85f64-5717-4562-b3fc-2c963f66afa6'],
  ...['9774d56d682e549c', '02:00:00:00:00:00'],
])

const FAMOUS_UUID = /^(?:123e4567|550e8400|3fa85f64)/i

/** Nothing but zeros, and telephone numbers that end in eight of them. */
const ZEROS = /^(?:[0\-.: ]*|\+?\d{1,4}0{8})$/
/** As far as the longest that programs make: the 64 zeros of an empty SHA-256. */
const RUN = /^[\s{(]*([\da-z])(?:[-.: ]*\1){7,63}[\s})]*$/
const MASK = /^x{3,}$/
const SERVICE_MAILBOX = /^(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster)@/
const VOID_MAILBOX = /^(?:undefined|null|nan|nil|none|na|no-?e?mail|invalid|test)@([^@]*)$/
const VOID_DOMAIN = /^(?:undefined|null|nan|nil|none|na|no-?e?mail|email|mail|invalid|test|exemple)\./

/** A place that a template left empty, whatever stands around it. */
const UNFILLED = /\{\{.*\}\}|\$\{.*\}|#\{.*\}|<[%?].*[%?]>|\*\|.*\|\*|%%[\w. -]+%%|\[\[.*\]\]|\{%.*%\}/
/**
 * The same where nothing stands around it, since the marks are rarer there: `{user_id}`, `%USER_ID%`, `<userId>`,
 * `__USER__`.
 */
const UNFILLED_ALONE =
  /^(?:\{(.*)\}|<(.*)>|\[(.*)\]|«(.*)»|%([a-z_][\w.:-]*)%|__([a-z][a-z_]*)__|\{\d*\}|%[sdi@])$/
const VARIABLE = new RegExp(`^[$:@](?:anonymous|${SUBJECT})${GAP}*(?:${KEY})$`)
/** A name, and no number or hexadecimal id such as `{3F2504E0-4F89-11D3-9A0C-0305E82C3301}`. */
const NAME = /^\s*(?![\da-f-]{32,}\s*$)[a-z_$][a-z_$.]*(?:[ -][a-z_$.]+)*\d?\s*$/

/** Values of a program that were made text by mistake. */
const MADE_TEXT =
  /\[object \w+\]|^(?:async )?function\b.*[({]|^class \w* ?\{|=>|\[native code\]| object at 0x/
const SHEET_ERROR = /^#(?:n\/?a|name\??|ref!?|value!?|div\/0!?|null!?|num!?|error!?|spill!?|calc!?|#*)$/
const QUOTED = /^(?:"(.*)"|'(.*)'|`(.*)`|\((.*)\)|<(.*)>|\[(.*)\]|\{(.*)\})$/

/** Marks without which a value is no template, no quoted text and no program. */
const HAS_MARKS = /[{}<>[\]()%$#"'`«»*|]|^[_:@]/
const HAS_DIGIT = /\d/

/**
 * Whether a value stands where somebody's id should be and is nobody's: an unfilled template, a value made text by
 * mistake, the name of the field, a run of one digit, a famous example. Such a value is kept in its event and links
 * nothing; linking by it would join strangers.
 * @param value of an identifier or a messageId
 */
export function isPlaceholder(value: string): boolean {
  // too long for an identifier, of whatever kind
  if (value.length > IDENTIFIER_BYTES_MAX) return false
  if (isPlainId(value)) return false
  const lower = value.trim().toLowerCase()
  if (FAMOUS.has(lower) || ZEROS.test(lower) || RUN.test(lower)) return true
  if (HAS_MARKS.test(lower)) return isMarked(lower)
  if (lower.includes('@')) return SERVICE_MAILBOX.test(lower) || isVoidMailbox(lower)
  // no words have digits, and most ids do
  return !HAS_DIGIT.test(lower) && isWords(lower)
}

const FAMOUS_LENGTHS = new Set([...FAMOUS].filter((text) => HAS_DIGIT.test(text)).map(({ length }) => length))
const UUID_LENGTH = 36

/**
 * Nearly all ids are let go here, by one look at their characters: letters, digits, - and _, a digit among them, and
 * two that differ. What may be famous, or ends in zeros, is looked at again.
 */
function isPlainId(value: string): boolean {
  const { length } = value
  if (FAMOUS_LENGTHS.has(length) && (length !== UUID_LENGTH || FAMOUS_UUID.test(value))) return false
  let first = 0
  let differs = false
  let hasDigit = false
  for (let at = 0; at < length; at++) {
    const code = value.charCodeAt(at)
    // in lower case
    const sign = code | 0x20
    if (code >= 0x30 && code <= 0x39) hasDigit = true
    else if (code === 0x2d || (code === 0x5f && at > 0)) continue
    else if (sign < 0x61 || sign > 0x7a) return false
    if (first === 0) first = sign
    else if (sign !== first) differs = true
  }
  return hasDigit && differs && !value.endsWith('00000000')
}

function isWords(lower: string): boolean {
  return (
    FIELD_NAME.test(lower) ||
    INSTRUCTION.test(lower) ||
    MASK.test(lower) ||
    (ONLY_WORDS.test(lower) && HAS_VOID.test(lower))
  )
}

function isMarked(lower: string): boolean {
  if (isUnfilled(lower) || MADE_TEXT.test(lower) || SHEET_ERROR.test(lower)) return true
  const quoted = QUOTED.exec(lower)
  if (quoted === null) return isWords(lower)
  return isPlaceholder(quoted.slice(1).find((part) => part !== undefined) ?? '')
}

function isVoidMailbox(lower: string): boolean {
  const domain = VOID_MAILBOX.exec(lower)?.[1]
  return domain !== undefined && VOID_DOMAIN.test(domain)
}

function isUnfilled(lower: string): boolean {
  if (UNFILLED.test(lower) || VARIABLE.test(lower)) return true
  const alone = UNFILLED_ALONE.exec(lower)
  if (alone === null) return false
  const [, braced, angled, bracketed, guillemets] = alone
  const inner = braced ?? angled ?? bracketed ?? guillemets
  return inner === undefined || inner.trim() === '' || NAME.test(inner)
}
