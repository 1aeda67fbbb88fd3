/** Three streams that join into one. The word beside it names it, so the picture has no name. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      strokeWidth={3.2}
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M6 4c0 8.500 10 7 10 15.500" stroke="var(--logo-1)" />
      <path d="M26 4c0 8.500-10 7-10 15.500" stroke="var(--logo-2)" />
      <path d="M16 4v24" stroke="var(--logo-3)" />
    </svg>
  )
}
