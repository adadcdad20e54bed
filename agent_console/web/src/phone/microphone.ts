// The microphone, with a reason when there is none.
import type { Microphone } from './machine'

/** Ask for it. `stream` is null unless `is` says granted. */
export async function openMicrophone(): Promise<{ is: Microphone; stream: MediaStream | null }> {
  if (!navigator.mediaDevices?.getUserMedia) return { is: 'missing', stream: null }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } })
    return { is: 'granted', stream }
  } catch (error) {
    const refused = error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'SecurityError')
    return { is: refused ? 'refused' : 'missing', stream: null }
  }
}
