// Sounds made on the spot: ringing, and the short tone before an automatic answer. No sound files, no downloads.

let context: AudioContext | null = null
let ringing: number | null = null

/** Browsers let a page sound only after a key or a click: call this from one. */
export function allowSound(): void {
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
}

function tone(frequency: number, start: number, length: number, loudness = 0.12): void {
  if (!context) return
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  const from = context.currentTime + start
  oscillator.frequency.value = frequency
  gain.gain.setValueAtTime(0, from)
  gain.gain.linearRampToValueAtTime(loudness, from + 0.03)
  gain.gain.setValueAtTime(loudness, from + length - 0.06)
  gain.gain.linearRampToValueAtTime(0, from + length)
  oscillator.connect(gain).connect(context.destination)
  oscillator.start(from)
  oscillator.stop(from + length)
}

/** Two soft notes every two seconds until `stopRinging`. */
export function startRinging(): void {
  if (ringing !== null) return
  const once = () => {
    tone(587, 0, 0.22)
    tone(784, 0.26, 0.34)
  }
  allowSound()
  once()
  ringing = setInterval(once, 2000) as unknown as number
}

export function stopRinging(): void {
  if (ringing !== null) clearInterval(ringing)
  ringing = null
}

/** Says "you are on the air" before an automatic answer. */
export function shortTone(): void {
  allowSound()
  tone(880, 0, 0.15)
}

/** The two tones of a telephone key, for the ear of the one who pressed it. */
export function keyTone(digit: string): void {
  const index = '123456789*0#'.indexOf(digit)
  if (index < 0) return
  allowSound()
  tone([697, 770, 852, 941][Math.floor(index / 3)]!, 0, 0.12, 0.06)
  tone([1209, 1336, 1477][index % 3]!, 0, 0.12, 0.06)
}
