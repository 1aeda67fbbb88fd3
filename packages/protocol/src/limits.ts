// Every bound of Affluent, by name, with its unit in the name or in the sentence above it.
// This file imports nothing, so that the browser SDK may use it too.

/** One event as it was sent, in bytes of JSON. */
export const EVENT_BYTES_MAX = 32 * 1024
/** One request body of the collect API after unpacking, in bytes. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024
/**
 * All bodies of the collect API in hand at once, in bytes, packed and unpacked; beyond it the collector answers 429.
 */
export const BODIES_BYTES_MAX = 256 * 1024 * 1024
/** Events in one batch. */
export const BATCH_EVENTS_MAX = 2_500
/** Object keys in one event, at all depths together. */
export const EVENT_KEYS_MAX = 2_000
/** Levels of nesting inside one event; the event itself is level 1. */
export const EVENT_DEPTH_MAX = 32
/** Levels of nesting in a whole request body. */
export const BODY_DEPTH_MAX = 64
/**
 * Keys and items of arrays in a request body that goes to the parser; events of a batch that break a bound of their own
 * do not.
 */
export const BODY_PARTS_MAX = 40_000
/** The same for a batch whose write key stands in its head. */
export const BATCH_PARTS_MAX = 300_000
/** One request body of the collect API whose write key stands in it alone, in bytes after unpacking. */
export const KEYLESS_BODY_BYTES_MAX = 512 * 1024
/** The body of a request that anybody may send to the API, such as to sign in, in bytes. */
export const OPEN_BODY_BYTES_MAX = 16 * 1024
/**
 * What is read and thrown away of a request that was answered before it had come whole, in bytes; then the connection
 * is closed.
 */
export const REST_BYTES_MAX = 32 * 1024 * 1024
/** How long that goes on. */
export const REST_WAIT_MS_MAX = 10_000
/** Items of one array inside an event. */
export const ARRAY_ITEMS_MAX = 1_000
/** One object key, in bytes of UTF-8. */
export const KEY_BYTES_MAX = 255
/** The name of a track, page or screen event, in bytes of UTF-8. */
export const EVENT_NAME_BYTES_MAX = 255
/** One identifier value, in bytes of UTF-8. */
export const IDENTIFIER_BYTES_MAX = 255
/** The name of an identifier namespace, in bytes of UTF-8. */
export const NAMESPACE_BYTES_MAX = 64
/** One messageId, in bytes of UTF-8. */
export const MESSAGE_ID_BYTES_MAX = 255
/** Entries of `context.externalIds` that are read. */
export const EXTERNAL_IDS_MAX = 20
/** Characters of the input that an error message may quote. */
export const MESSAGE_QUOTE_CHARS_MAX = 40
/** Warnings listed in one answer of the collect API. */
export const ANSWER_WARNINGS_MAX = 20

/** The earliest event time taken: 1970-01-01, in milliseconds since the epoch. */
export const EVENT_TIME_MIN_MS = 0
/** The first event time refused: 2100-01-01, in milliseconds since the epoch. */
export const EVENT_TIME_END_MS = 4_102_444_800_000
/** How far in the future an event time may lie; beyond it the time of receipt is used. */
export const EVENT_FUTURE_MS_MAX = 24 * 60 * 60 * 1000

/** Wait for the headers of a request. */
export const HEADER_WAIT_MS_MAX = 10_000
/** Wait for the whole body of a request. */
export const BODY_WAIT_MS_MAX = 30_000
/** All headers of a request together, in bytes. */
export const HEADER_BYTES_MAX = 16_384
/** Header names that one preflight of the collect API is told are allowed; further ones are left out. */
export const PREFLIGHT_HEADERS_MAX = 64
/** Bytes of events that wait for their commit, a workspace; beyond it the collector answers 429. */
export const APPEND_QUEUE_BYTES_MAX = 64 * 1024 * 1024
/** Bytes of one commit of the event log. */
export const APPEND_FLUSH_BYTES_MAX = 8 * 1024 * 1024

/** How long a messageId is remembered, in days. */
export const DEDUPE_DAYS = 30
/** messageIds remembered at the most, a workspace; the oldest days go first. */
export const DEDUPE_IDS_MAX = 1_000_000_000

/**
 * All paths of one event's properties that conditions see, each once, in UTF-16 units: the first ones; what is beyond
 * stays in the raw event. An event of 2,000 keys has room for 65 units a path.
 */
export const PROPERTY_PATHS_CHARS_MAX = 128 * 1024
/**
 * One path of an event's properties that conditions see, in UTF-16 units; what is under a longer one stays in the raw
 * event.
 */
export const PROPERTY_PATH_CHARS_MAX = 1_000

/** Identifiers of one profile; a further one is kept in its event but not linked. */
export const PROFILE_IDENTIFIERS_MAX = 500
/** Fragments of one profile. */
export const PROFILE_FRAGMENTS_MAX = 500
/** Traits of one fragment. */
export const FRAGMENT_TRAITS_MAX = 1_000
/** All traits of one fragment together, in bytes of JSON. */
export const FRAGMENT_TRAITS_BYTES_MAX = 256 * 1024
/**
 * Events of the future that one fragment keeps until their time comes; of more, those that only show who is seen become
 * one.
 */
export const FRAGMENT_UPCOMING_MAX = 100
/** Rejections remembered by a fragment, so that the ledger says each of them once. */
export const FRAGMENT_REJECTIONS_MAX = 32
/** Fragments that a reviewer parted for ever from one fragment; an un-merge or a cannot-link beyond it is refused. */
export const FRAGMENT_CANNOT_LINKS_MAX = 10_000
/** Namespaces with a rule of their own, a workspace. */
export const IDENTITY_NAMESPACES_MAX = 200
/** Events that are read so that a ledger or a graph tells in words what joined people: of the newest decisions. */
export const DECISION_CAUSES_MAX = 100
/** Telephone numbers as they were written whose one form is remembered, a process. */
export const PHONE_FORMS_REMEMBERED_MAX = 20_000
/** Stored identifiers that one command looks at when their forms have changed. */
export const RESPELL_IDENTIFIERS_MAX = 2_000
/** Results of commands that are kept for those who gave them, a workspace. */
export const COMMAND_RESULTS_MAX = 100

/** Open outcomes of one kind that `GET /v1/outcomes/open` counts; so many or more are answered as so many. */
export const OPEN_OUTCOMES_COUNTED_MAX = 10_000

/**
 * Events in one micro-batch of the processor: whoever has several in it is saved once, and each save has a price of its
 * own.
 */
export const MICRO_BATCH_EVENTS_MAX = 8_000
/** Events in the first micro-batch of a processor, before it knows what they weigh. */
export const MICRO_BATCH_EVENTS_FIRST = 250
/**
 * States that one micro-batch of the processor changes, in characters of JSON: with audiences that keep many series
 * these are what memory holds.
 */
export const MICRO_BATCH_STATE_BYTES_MAX = 8 * 1024 * 1024
/**
 * How long deciding one micro-batch should hold the thread, all its stretches together, in milliseconds: what takes
 * longer is made smaller the next time.
 */
export const MICRO_BATCH_DECIDE_MS_MAX = 500
/** Raw bytes in one micro-batch of the processor. */
export const MICRO_BATCH_BYTES_MAX = 8 * 1024 * 1024
/**
 * Bytes of accepted events kept parsed in memory for the processor, a workspace; what is beyond is read back from the
 * log.
 */
export const INBOX_BYTES_MAX = 64 * 1024 * 1024
/** Tries of the processor at one event before it goes to quarantine. */
export const PROCESSING_TRIES_MAX = 3
/** Bytes of fragment states kept in memory, a process; a sixteenth of the machine's memory when that is less. */
export const FRAGMENT_CACHE_BYTES_MAX = 1024 * 1024 * 1024
/** Bytes of identifiers kept in memory, a process; a sixty-fourth of the machine's memory when that is less. */
export const IDENTIFIER_CACHE_BYTES_MAX = 256 * 1024 * 1024

/**
 * Bytes of the states, and of the identifiers, of which the processor keeps the objects beside the bytes, a process,
 * counted by their texts; a 512th of the machine's memory when that is less.
 */
export const HOT_STATE_BYTES_MAX = 8 * 1024 * 1024

/** Rows of one block loaded into ClickHouse. */
export const LOAD_BLOCK_ROWS_MAX = 20_000
/** Raw bytes of one block loaded into ClickHouse. */
export const LOAD_BLOCK_BYTES_MAX = 32 * 1024 * 1024
/** A block is closed after this time, whatever it holds. */
export const LOAD_BLOCK_MS_MAX = 1_000

/** A log segment is closed after this time. */
export const LOG_SEGMENT_MS_MAX = 10 * 60 * 1000
/** A log segment is closed at this size, in bytes. */
export const LOG_SEGMENT_BYTES_MAX = 1024 * 1024 * 1024
/** Free disk below which the collector answers 503, in bytes. */
export const DISK_FREE_BYTES_MIN = 512 * 1024 * 1024

/** Quarantine of a workspace, in bytes; the oldest go first. */
export const QUARANTINE_BYTES_MAX = 1024 * 1024 * 1024
/** How long quarantine and outcomes are kept, in days. */
export const OUTCOME_DAYS = 30

/** Items of one page of a list. */
export const PAGE_ITEMS_MAX = 1_000
/** Items of a page when the caller names no limit. */
export const PAGE_ITEMS_DEFAULT = 100
/** How long a read with `?after=` waits. */
export const READ_AFTER_MS_MAX = 5_000
/** Events of one call of `POST /v1/identity/simulate`. */
export const SIMULATE_EVENTS_MAX = 1_000

/** Bytes of the log that one look at the newest events reads. */
export const FEED_LOG_BYTES_MAX = 8 * 1024 * 1024
/** Events of the log that one look with a filter goes through; `nextBefore` goes on from there. */
export const FEED_LOG_EVENTS_MAX = 20_000
/** Positions in ClickHouse that one look at older events goes through; `nextBefore` goes on from there. */
export const FEED_POSITIONS_MAX = 20_000_000
/** One refused body in a list of events, in bytes; of a larger one the list shows no identifiers. */
export const FEED_RAW_BYTES_MAX = 64 * 1024
/**
 * How long one question that somebody waits for may take in ClickHouse: of a preview, a list of members, a search, a
 * trend.
 */
export const READ_MS_MAX = 8_000
/** Such questions at once, a process; the last free place is kept for a workspace that has none under way. */
export const READS_AT_ONCE_MAX = 3
/** Such questions of one workspace that wait for their turn; a further one is answered 503. */
export const READS_WAITING_MAX = 64
/** How long such a question waits for its turn. */
export const READ_WAIT_MS_MAX = 10_000
/** Long questions of backfills at once, a process; one workspace has one at a time. */
export const BACKFILLS_AT_ONCE_MAX = 2
/** Outcomes that one call of `POST /v1/outcomes/replay` goes through; the next call takes the next ones. */
export const REPLAY_OUTCOMES_MAX = 20_000
/** Outcomes that are sent again together. */
export const REPLAY_PART_OUTCOMES_MAX = 500
/** Their bytes together; one of them comes even when it is larger. */
export const REPLAY_PART_BYTES_MAX = 4 * 1024 * 1024
/** Names of one kind that the catalogue lists. */
export const CATALOGUE_NAMES_MAX = 2_000
/** Values of one trait or property that the catalogue lists. */
export const CATALOGUE_VALUES_MAX = 50
/** One value in that list, in characters; longer ones are left out. */
export const CATALOGUE_VALUE_CHARS_MAX = 500
/** Rows that the properties and values of the catalogue are read from; of more, a sample of people. */
export const CATALOGUE_ROWS_MAX = 200_000
/** Names of one path into a trait that the catalogue lists, from the outside in. */
export const CATALOGUE_TRAIT_DEPTH_MAX = 4
/** Names and values of one condition that a preview looks for, to warn of those that have never been seen. */
export const UNKNOWN_NAMES_ASKED_MAX = 100
/** Of those, so many are told with the nearest known name. */
export const UNKNOWN_NAMES_TOLD_MAX = 10
/** Days that the trend of an audience goes back. */
export const TREND_DAYS_MAX = 366
/** A text that profiles are searched by, in characters. */
export const SEARCH_CHARS_MAX = 255
/** Namespaces that one search looks through. */
export const SEARCH_NAMESPACES_MAX = 500

/** Events a second of one workspace, averaged over ten seconds. */
export const WORKSPACE_EVENTS_PER_SECOND_MAX = 50_000
/** API keys of one workspace that are good. */
export const API_KEYS_MAX = 200
/** Write keys of one source that are good. */
export const WRITE_KEYS_MAX = 20
/** How often each process reads workspaces, sources and keys anew, though it is told of changes; in milliseconds. */
export const REGISTRY_REFRESH_MS_MAX = 2_000
/** Age of what a process knows of keys beyond which it reads anew before it lets an API key in, in milliseconds. */
export const REGISTRY_AGE_MS_MAX = 5_000
/** How long a revocation waits for every process to have heard of it, in milliseconds. */
export const REGISTRY_EVERYWHERE_MS_MAX = 2_000
/** Wrong keys a minute from one address. */
export const WRONG_KEYS_PER_MINUTE_MAX = 100
/**
 * Tries to sign in to one account from one address, or in one browser in which somebody has signed in to it, within
 * SIGN_IN_WINDOW_MS; one that succeeds does not count.
 */
export const SIGN_IN_TRIES_MAX = 10
/**
 * Tries to sign in to one account from everywhere together, in browsers in which nobody has signed in to it, within
 * SIGN_IN_WINDOW_MS.
 */
export const SIGN_IN_STRANGERS_TRIES_MAX = 200
/** Tries to sign in from one address within SIGN_IN_WINDOW_MS; one that succeeds does not count. */
export const SIGN_IN_ADDRESS_TRIES_MAX = 50
/** Over which tries to sign in are counted, in milliseconds. */
export const SIGN_IN_WINDOW_MS = 15 * 60_000
/** Passwords that are hashed at once, a process: each takes 19 MiB and a core. */
export const PASSWORD_HASHES_MAX = 2
/** Sign-ins that wait for their password to be hashed; beyond it they are told to come back. */
export const PASSWORD_HASHES_WAITING_MAX = 50
/** The shortest password, in characters. */
export const PASSWORD_CHARS_MIN = 8
/** The longest password, in characters. */
export const PASSWORD_CHARS_MAX = 256
/** An e-mail address of a team member, in characters (RFC 5321). */
export const EMAIL_CHARS_MAX = 254
/** How long a session lasts without being used, in milliseconds: longer than lunch and a long meeting. */
export const SESSION_IDLE_MS_MAX = 4 * 3_600_000
/** How long a session lasts, used or not, in milliseconds: a working day. */
export const SESSION_MS_MAX = 12 * 3_600_000
/**
 * How long a browser in which somebody has signed in is known again, in milliseconds: as long as browsers keep a
 * cookie.
 */
export const DEVICE_MS_MAX = 400 * 86_400_000
/**
 * How long after a sign-in a member may do what is dangerous: keys, members, the removal of a workspace; in
 * milliseconds.
 */
export const FRESH_SIGN_IN_MS_MAX = 5 * 60_000
/** Sessions of one team member at once; a further one ends the oldest. */
export const MEMBER_SESSIONS_MAX = 20
/** How long an invitation may be accepted, in milliseconds: a week. */
export const INVITATION_MS_MAX = 7 * 86_400_000
/** How long a link to a new password may be used, in milliseconds: an hour. */
export const PASSWORD_RESET_MS_MAX = 3_600_000
/** Links to a new password of one member that may be used at once; of more that are asked for by mail none is sent. */
export const PASSWORD_RESETS_MAX = 5
/** Members of one workspace, with those who are invited. */
export const WORKSPACE_MEMBERS_MAX = 500

/** Workspaces of one installation: each has a processor of its own that looks for work. */
export const WORKSPACES_MAX = 100
/** Sources of one workspace. */
export const SOURCES_MAX = 200
/** A name that people give: of a workspace, a source, a team member; in characters. */
export const NAME_CHARS_MAX = 200
/** Rows of one statement while a workspace is removed. */
export const REMOVAL_ROWS_MAX = 5_000

/** The largest position, and the largest number of whatever has one for each event: 15 digits are exact everywhere. */
export const POSITION_MAX = 999_999_999_999_999
/** The largest number of a destination: what PostgreSQL holds in an integer. */
export const DESTINATION_NUMBER_MAX = 2_147_483_647
/** One text of a query, a path or an id, in characters, where nothing smaller is named. */
export const QUERY_TEXT_CHARS_MAX = 2_000
/** API requests a second of one API key or session, averaged over ten seconds. */
export const API_REQUESTS_PER_SECOND_MAX = 2_000

/** Conditions inside one condition, at all depths together. */
export const CONDITION_NODES_MAX = 200
/**
 * Event leaves of one condition, those of the audiences that it names included: more cost ClickHouse seconds to plan.
 */
export const CONDITION_EVENT_LEAVES_MAX = 50
/** One condition in its canonical form, in characters; ClickHouse takes its texts as parameters. */
export const CONDITION_CHARS_MAX = 60_000
/** Levels of nesting of a condition. */
export const CONDITION_DEPTH_MAX = 12
/** Values of `in` and `not_in`. */
export const CONDITION_VALUES_MAX = 1_000
/** One text in a condition, in characters. */
export const CONDITION_TEXT_CHARS_MAX = 1_000
/** Names and beginnings of names of one event leaf. */
export const CONDITION_EVENT_NAMES_MAX = 100
/** Property tests of one event leaf, and tests of one `each`. */
export const CONDITION_WHERE_MAX = 20
/**
 * Property tests of all event leaves of one condition together, those of the audiences that it names included:
 * ClickHouse plans each one, and hears nothing meanwhile.
 */
export const CONDITION_TESTS_MAX = 200
/** The largest count that a condition may name. */
export const CONDITION_COUNT_MAX = 1_000_000
/** The longest window of a condition, in days: a hundred years. */
export const WINDOW_DAYS_MAX = 36_525
/** Times and values that one series keeps in one fragment; beyond it the leaf is cold there and ClickHouse answers. */
export const SERIES_ENTRIES_MAX = 1_024
/** Distinct series that the audiences of one workspace keep: each fragment may hold all of them. */
export const WORKSPACE_SERIES_MAX = 1_000
/** Distinct series of one workspace that one event may belong to: an event is tried against each of them. */
export const EVENT_SERIES_MAX = 250
/** Values from here on, above or below zero, are not summed. */
export const SUM_VALUE_END = 1e15
/** Audiences of one workspace. */
export const AUDIENCES_MAX = 2_000
/** People whose memberships one timer command evaluates. */
export const DUE_TIMERS_PROFILES_MAX = 2_000
/** Fragments of one part of a backfill. */
export const BACKFILL_BATCH_FRAGMENTS_MAX = 2_000
/** Fragments whose history one query of a backfill computes. */
export const BACKFILL_QUERY_FRAGMENTS_MAX = 250_000
/**
 * Versions of audiences whose members a backfill asks in SQL, so that they are shown early; of more, everyone is asked
 * about all of them at once.
 */
export const BACKFILL_EARLY_VERSIONS_MAX = 8
/** How old the answer of ClickHouse to a cold leaf may become, in milliseconds. */
export const COLD_ANSWER_MS_MAX = 60_000
/** People whose cold answers one command brings. */
export const COLD_ANSWERS_MAX = 2_000
/** How long new audiences may put off that fragments take what earlier ones have found, in milliseconds. */
export const UNSETTLED_MS_MAX = 20_000

/** Destinations of one workspace. */
export const DESTINATIONS_MAX = 100
/** Connections of one workspace. */
export const CONNECTIONS_MAX = 500
/** Fields of one mapping. */
export const MAPPING_FIELDS_MAX = 200
/** One mapping with its constants, in characters of JSON. */
export const MAPPING_CHARS_MAX = 32 * 1024
/** The name of one field of a mapping, in characters. */
export const MAPPING_NAME_CHARS_MAX = 255
/** One filter of a connection, in characters of JSON. */
export const FILTER_CHARS_MAX = 32 * 1024
/** Members, or latest events, that the preview of a connection looks at. */
export const PREVIEW_EXAMPLES_MAX = 500
/** One payload that a mapping makes, in characters of JSON; a larger one is held. */
export const PAYLOAD_CHARS_MAX = 256 * 1024
/** One URL that a member gives, in characters. */
export const URL_CHARS_MAX = 2_000
/** Wait for a connection to a destination. */
export const OUTGOING_CONNECT_MS_MAX = 5_000
/** Wait for the addresses of a host name, and for one's turn to ask for them. */
export const LOOKUP_MS_MAX = 3_000
/** Host names that are looked up at once on behalf of one workspace; others wait for their turn. */
export const LOOKUPS_WORKSPACE_MAX = 4
/** How long a host name that is not known is not asked for again, in milliseconds. */
export const NAME_FAILURE_MS = 5_000
/** Host names that are remembered as not known. */
export const NAME_FAILURES_MAX = 1_000
/** Wait for the whole answer of a destination. */
export const OUTGOING_WAIT_MS_MAX = 15_000
/** What is read of a destination's answer, in bytes; the rest is cut. */
export const OUTGOING_ANSWER_BYTES_MAX = 64 * 1024
/** Sockets to one destination at once. */
export const DESTINATION_SOCKETS_MAX = 10
/** The longest rest that a destination may ask for with Retry-After. */
export const RETRY_AFTER_MS_MAX = 60 * 60 * 1000
/**
 * Deliveries of one destination that have been tried and wait for another try; while there are so many, no new ones are
 * taken up.
 */
export const DELIVERIES_WAITING_MAX = 10_000
/**
 * Deliveries of one destination that are out, or whose end is not written down yet: so many go out once more after a
 * crash, at the most.
 */
export const DELIVERIES_UNWRITTEN_MAX = 100
/**
 * Deliveries of one destination in memory: those of one person go out one after the other, and many of one must not
 * fill it.
 */
export const DELIVERIES_TAKEN_UP_MAX = 1_000
/** What is kept of the answer to a delivery that was not taken, in characters; of one that was taken, nothing. */
export const REFUSED_ANSWER_CHARS_MAX = 4_000
/** How long deliveries with their payloads and answers are kept, in days; what is still queued by then is cancelled. */
export const DELIVERY_DAYS = 14
/** Deliveries that one call of `POST /v1/deliveries/replay` sends again; the next call takes the next ones. */
export const REPLAY_DELIVERIES_MAX = 10_000
/** Current members whose deliveries one command enqueues for a new connection. */
export const SEND_MEMBERS_MAX = 1_000
