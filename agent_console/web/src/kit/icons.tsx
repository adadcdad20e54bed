// A small set of line icons, drawn on a 24 grid. Always beside a word, so they are hidden from screen readers.
const paths = {
  phone: 'M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A15 15 0 0 1 3 6a2 2 0 0 1 2-2',
  phoneOff: 'M3 14c5-5 13-5 18 0l-3 3-4-2v-3c-1.5-.5-2.500-.5-4 0v3l-4 2z',
  mic: 'M9 6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0zM5 11a7 7 0 0 0 14 0M12 18v3',
  micOff: 'M4 4l16 16M9 6a3 3 0 0 1 6 0v5M5 11a7 7 0 0 0 11 5.7M12 18v3',
  pause: 'M8 5v14M16 5v14', play: 'M8 5l11 7-11 7z',
  keypad: 'M5 5h.01M12 5h.01M19 5h.01M5 12h.01M12 12h.01M19 12h.01M5 19h.01M12 19h.01M19 19h.01',
  check: 'M5 12.5l4.5 4.5L19 7.5', warn: 'M12 4l9 16H3zM12 10v4M12 17h.01', x: 'M6 6l12 12M18 6L6 18',
  person: 'M8 8a4 4 0 1 0 8 0 4 4 0 1 0-8 0M4 21c0-4 4-6 8-6s8 2 8 6', clock: 'M12 7v5l3 2M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0',
  folder: 'M3 6a1 1 0 0 1 1-1h5l2 2h9a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1z', building: 'M4 21V9l8-5 8 5v12M9 21v-6h6v6M4 21h16',
  globe: 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M3 12h18M12 3c6 6 6 12 0 18-6-6-6-12 0-18',
  mobile: 'M7 3h10v18H7zM11 18h2', money: 'M3 7h18v10H3zM10 12a2 2 0 1 0 4 0 2 2 0 1 0-4 0', settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 7a2 2 0 1 0 4 0 2 2 0 1 0-4 0M6 17a2 2 0 1 0 4 0 2 2 0 1 0-4 0',
  record: 'M7 12a5 5 0 1 0 10 0 5 5 0 1 0-10 0', arrow: 'M9 6l6 6-6 6', back: 'M15 6l-6 6 6 6', down: 'M6 9l6 6 6-6', search: 'M4 11a7 7 0 1 0 14 0 7 7 0 1 0-14 0M16 16l5 5',
  out: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9', keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10', plus: 'M12 5v14M5 12h14', sun: 'M8 12a4 4 0 1 0 8 0 4 4 0 1 0-8 0M12 3v2M12 19v2M3 12h2M19 12h2M6 6l1 1M17 17l1 1M18 6l-1 1M7 17l-1 1',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4', screen: 'M3 5h18v11H3zM8 20h8M12 16v4', headset: 'M4 14v-2a8 8 0 0 1 16 0v2M4 13h3v6H5a1 1 0 0 1-1-1zM20 13h-3v6h2a1 1 0 0 0 1-1z',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false" style={{ flex: 'none' }}
      fill={name === 'record' ? 'currentColor' : 'none'} stroke="currentColor" strokeWidth={name === 'keypad' ? 3 : 1.8} strokeLinecap="round" strokeLinejoin="round">
      <path d={paths[name]} />
    </svg>
  )
}
