// The citizen's page in both languages; short words, like the line itself speaks.
export type Language = 'en' | 'sw'

const en = {
  title: 'Call Huduma', lead: 'One number for every public service.', free: 'Or dial, free, from any phone:', call: 'Call now', again: 'Call again',
  asking: 'Getting the line…', connecting: 'Calling…', talking: 'You are on the line', ended: 'The call has ended. Thank you.', end: 'End the call', keypad: 'Keypad',
  keypadHint: 'Press the key that the line says.', language: 'Language', permission: 'Your browser will ask to use the microphone.',
  microphoneRefused: 'The browser may not use your microphone. Allow it, then call again.', microphoneMissing: 'No microphone was found on this device.',
  busy: 'All web lines are in use. Try again in a minute, or dial the number.', tooMany: 'You called many times. Wait a few minutes, or dial the number.',
  failed: 'The call did not go through. Check your network, or dial the number.', weak: 'Your network is slow. Stay on the line.', private: 'No account. No tracking.',
  mute: 'Mute', unmute: 'Unmute', captions: 'What the line says',
  line: 'You wait for a person. Stay on the line.', person: 'You are talking with a person.',
}
export type CitizenWords = typeof en

const sw: CitizenWords = {
  title: 'Piga simu Huduma', lead: 'Nambari moja kwa huduma zote za umma.', free: 'Au piga bure kutoka simu yoyote:', call: 'Piga sasa', again: 'Piga tena',
  asking: 'Tunatafuta laini…', connecting: 'Inapiga…', talking: 'Uko kwenye laini', ended: 'Simu imeisha. Asante.', end: 'Kata simu', keypad: 'Vitufe',
  keypadHint: 'Bonyeza kitufe unachoambiwa na laini.', language: 'Lugha', permission: 'Kivinjari kitaomba ruhusa ya kutumia maikrofoni.',
  microphoneRefused: 'Kivinjari hakiruhusiwi kutumia maikrofoni yako. Ruhusu, kisha piga tena.', microphoneMissing: 'Kifaa hiki hakina maikrofoni.',
  busy: 'Laini zote za tovuti zinatumika. Jaribu tena baada ya dakika moja, au piga nambari.', tooMany: 'Umepiga mara nyingi. Subiri dakika chache, au piga nambari.',
  failed: 'Simu haikufika. Angalia mtandao wako, au piga nambari.', weak: 'Mtandao wako ni wa polepole. Usikate simu.', private: 'Huhitaji akaunti. Hufuatiliwi.',
  mute: 'Nyamazisha', unmute: 'Washa sauti', captions: 'Laini inasema nini',
  line: 'Unamsubiri mhudumu. Usikate simu.', person: 'Unazungumza na mhudumu.',
}
export const words: Record<Language, CitizenWords> = { en, sw }
