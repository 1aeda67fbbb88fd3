/** What a client reads in `code` when something is refused: stable names, one for one fault. */
export const ERROR_CODES = [
  // transport and body
  'ambiguous_host',
  'method_not_allowed',
  'request_timeout',
  'bad_transfer_encoding',
  'not_found',
  'empty_body',
  'unsupported_media_type',
  'unsupported_charset',
  'unsupported_encoding',
  'invalid_encoding',
  'invalid_json',
  'invalid_utf8',
  'not_an_object',
  'batch_not_array',
  'empty_batch',
  'too_many_events',
  'payload_too_large',
  'decompressed_too_large',
  // events
  'too_deep',
  'too_many_keys',
  'key_too_long',
  'invalid_key',
  'forbidden_key',
  'event_too_large',
  'array_too_long',
  'invalid_type',
  'unknown_type',
  'missing_user_id',
  'missing_previous_id',
  'missing_event',
  'missing_group_id',
  'name_too_long',
  'invalid_id',
  'id_too_long',
  'unsafe_integer',
  'number_out_of_range',
  'invalid_timestamp',
  // of what an earlier version refused: it would be taken now
  'timestamp_out_of_range',
  'all_events_rejected',
  // keys and limits
  'missing_write_key',
  'invalid_write_key',
  'missing_api_key',
  'invalid_api_key',
  'wrong_key_kind',
  'source_disabled',
  'wrong_password',
  'common_password',
  'invalid_invitation',
  'invalid_reset',
  'mail_not_set_up',
  'not_accepted',
  'not_signed_in',
  'session_needed',
  'sign_in_again',
  'not_allowed',
  'invalid_csrf_token',
  'foreign_origin',
  'host_not_allowed',
  'too_many_attempts',
  'rate_limited',
  'storage_unavailable',
  // API
  'unknown_field',
  'unknown_reference',
  'invalid_limit',
  'invalid_cursor',
  'invalid_request',
  'invalid_condition',
  'condition_too_large',
  'condition_too_dear',
  'invalid_filter',
  'invalid_mapping',
  'url_not_allowed',
  'nothing_leaves_a_sandbox',
  'not_a_merge',
  'already_unmerged',
  'no_merges',
  'inseparable',
  'profile_too_large',
  'too_many_cannot_links',
  'not_available',
  'in_use',
  'already_exists',
  'last_owner',
  'changed_meanwhile',
  'already_replayed',
  'not_replayable',
  'too_many',
  'not_ready',
  'query_too_slow',
  'internal_error',
  // end states of the processor
  'message_id_conflict',
  'processing_failed',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** What may be said of an event that is kept all the same. */
export const WARNING_CODES = [
  'suspicious_id',
  'precision_loss',
  'text_repaired',
  'assumed_utc',
  'clock_skew',
  'leap_second',
  'empty_key',
  'properties_hidden',
  'merge_limit',
  'trait_limit',
] as const

export type WarningCode = (typeof WARNING_CODES)[number]

/** What is odd in a condition that is understood: something that it names has never been seen. */
export const CONDITION_WARNING_CODES = [
  'unknown_trait',
  'unknown_event',
  'unknown_property',
  'unknown_identifier',
  'unknown_value',
] as const

/** Why something was refused: what is wrong, how to fix it, and where. */
export interface Rejection {
  readonly code: ErrorCode
  readonly message: string
  readonly path?: string
  /** what the message says, for programs */
  readonly details?: Readonly<Record<string, string | number>>
}

/** What was found odd in an event that is kept. */
export interface Warning {
  readonly code: WarningCode
  readonly message: string
  readonly path?: string
}
