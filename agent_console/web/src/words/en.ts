// The interface in English. sw.ts has the same keys: one that is missing there does not compile.

export const en = {
  app: { desk: 'My desk', name: 'Huduma contact centre', demonstration: 'Demonstration: sample data', skip: 'Skip to the content' },
  language: { label: 'Language of the pages', en: 'English', sw: 'Kiswahili' },
  theme: { label: 'Colours', auto: 'As the device', light: 'Light', dark: 'Dark' },
  settings: { open: 'Settings', autoAnswer: 'Answer calls by itself after a short tone', signOut: 'Sign out', shortcuts: 'Keyboard shortcuts' },
  signIn: {
    title: 'Sign in', username: 'User name', password: 'Password', button: 'Sign in',
    wrong: 'The user name or the password is not right.',
    tooMany: 'Too many attempts. Wait a minute and try again.',
    lead: 'One number for every public service.',
    sample: 'This is the demonstration: sample people, sample cases.',
    ended: 'Your sign-in has ended. Sign in again to go on.',
  },
  failed: {
    title: 'This could not be loaded', again: 'Try again', offline: 'The server does not answer.',
    notFound: 'There is nothing at this address.', home: 'Go to the start', refused: 'That was not done.',
    forbidden: 'You may not see this.',
    /** Reason -> words, where the server's own English sentence will not do. */
    because: { no_answer: 'The server did not answer. Try again.' } as Record<string, string>,
  },
  loading: 'Loading…',
  link: {
    connecting: 'Connecting…',
    reconnecting: 'Reconnecting. What you see may be a little old.',
    reconnectingCall: 'Reconnecting. Your call is safe: go on talking.',
    busyTitle: 'Another tab takes the calls', busyText: 'You have this page open in another tab. Only one tab takes calls.',
    takenTitle: 'Calls go to another place now', takenByTab: 'Another tab of yours took over the calls.',
    takenBySignIn: 'You signed in somewhere else; calls go there now.', takeOver: 'Take calls here',
  },
  state: {
    signed_out: 'Signed out', ready: 'Ready', offered: 'Call coming in', on_call: 'On a call', wrap_up: 'Wrap-up', paused: 'Paused',
    label: 'Your state', for: 'for', goReady: 'Become ready', pause: 'Pause', pauseWhy: 'Why are you pausing?',
    pauseAfter: (reason: string) => `Pausing after this: ${reason}`, takeBack: 'Take it back',
    readyHint: 'The next call comes to you.',
    missedHint: 'A call rang and was not answered. Become ready when you can take calls.',
    pausedHint: 'No calls come to you.',
  },
  reason: { missed: 'Missed a call', lost: 'The call was lost', signed_in: 'Just signed in', declined: 'Declined a call', phone: 'Your phone could not be rung' },
  phone: {
    title: 'Phone', good: 'Your phone is connected.', connecting: 'Your phone is connecting…',
    lost: 'Your phone lost the line. It is trying again by itself.',
    refused: 'The line refused your phone. Sign out and in again.', off: 'Your phone is off in this tab.',
    micRefused: 'The browser may not use your microphone. Allow it in the address bar; citizens could not hear you.',
    micMissing: 'No microphone was found. Plug in your headset.', micRetry: 'Try the microphone again',
    weak: 'The sound may stutter: the network is slow.', bad: 'The network is bad: you may not understand each other.',
    silent: 'No sound is arriving from the citizen.',
  },
  today: { title: 'Today', answered: 'Answered', handling: 'Average', missed: 'Missed', handlingLong: 'Average handling time' },
  call: {
    region: 'The call', quiet: 'No call now', quietReady: 'You are ready. The next call shows here before you answer.',
    quietPaused: 'Become ready to take calls.', recent: 'Your recent calls', noRecent: 'Calls you take today will be listed here.',
    incoming: 'Incoming call', answer: 'Answer', answerKeys: 'Space or Enter', ringing: 'Your phone is about to ring…',
    decline: 'I cannot take it', waited: 'Waited', waiting: 'Waiting', language: 'Speaks', queue: 'Queue', asked: 'Asked for', path: 'Way through the menu',
    nothingChosen: 'Nothing chosen in the menu', calledTimes: (n: number) => (n === 1 ? 'First call this week' : `Called ${n} times this week`),
    unknown: 'Unknown caller', withheld: 'Number withheld', talking: 'Talking', onHold: 'On hold', rejoining: 'Getting the citizen back to you…',
    rejoiningHint: 'The line to you was cut. The citizen hears music and comes back by itself.',
    connecting: 'Connecting…', mute: 'Mute', unmute: 'Unmute', muted: 'The citizen cannot hear you', hold: 'Hold', resume: 'Resume',
    held: 'The citizen hears music', keypad: 'Keypad', end: 'End', ending: 'Ending…', recording: 'Recorded',
    notRecorded: 'Not recorded: the citizen refused', recordingOff: 'Not recorded', controls: 'Call controls',
    said: (who: string, language: string) => `Incoming call: ${who}, ${language}.`,
  },
  note: {
    label: 'Notes', placeholder: 'What the citizen needs, what you agreed…', saved: 'Saved', saving: 'Saving…',
    local: 'Kept on this device until the line is back',
  },
  wrapUp: {
    title: 'After the call', disposition: 'What was it about?', dispositionHint: 'Type to search', caseLabel: 'Case',
    noCase: 'No case', newCase: 'Open a new case', caseTitle: 'Title of the new case', agency: 'Agency', left: 'left', more: 'More time', why: 'Why do you need more time?',
    reasons: ['Writing the case down', 'Calling the agency', 'A difficult call'], add: (s: number) => `${s} seconds more`,
    saveReady: 'Save, then ready', savePause: 'Save, then pause', needDisposition: 'Choose what the call was about.',
    needCitizen: 'Write down who called before you open a case.', needTitle: 'Give the case a title and an agency.',
  },
  citizen: {
    region: 'The citizen', none: 'Who is calling shows here, with their cases and history, before you answer.',
    unknown: 'Nobody is known behind this number', number_matches: 'The number matches', said_id: 'Said their ID number', verified: 'Verified by question',
    unknownSure: 'Not identified', sample: 'Sample person', county: 'County', recordingYes: 'Agreed to recording', recordingNo: 'Refused recording', recordingUnknown: 'Not asked about recording',
    cases: 'Cases', noCases: 'No cases yet.', history: 'History', noHistory: 'Nothing before this call.', all: 'All',
    back: 'Back to the citizen', since: 'Opened', by: 'by', who: 'Who is it?', search: 'Search name or number', nobody: 'Nobody found.', choose: 'This is the caller',
    newPerson: 'Write down a new person', name: 'Full name', save: 'Save', cancel: 'Cancel', addNote: 'Add to the case', add: 'Add', changeStatus: 'Status',
    keepStatus: 'Keep the status',
  },
  status: { open: 'Open', in_progress: 'In progress', waiting_citizen: 'Waits for the citizen', ready: 'Ready', closed: 'Closed' },
  channel: { call: 'Call', centre: 'Huduma centre', web: 'Web', mobile: 'Mobile', payment: 'Payment' },
  catalogue: {
    title: 'The answer', choose: 'Look up a service', what: 'What it is', requirements: 'Bring', fee: 'Fee', where: 'Where', how_long: 'How long',
    confirm: 'Confirm with the agency before you say this', lapsed: 'Its time is past', unconfirmed: 'Nobody has confirmed it yet', disputed: 'Sources disagree', source: 'Source', valid: 'Valid from', until: 'until', openEnd: 'until changed',
    sms: 'Send by SMS', smsOff: 'SMS is not configured in this house.', inLanguage: 'In the language of',
  },
  outcome: {
    contained: 'Served by the menu', answered: 'Answered', abandoned: 'Gave up', short_abandoned: 'Gave up at once', failed: 'Failed', none: 'In progress',
    handled: 'Answered', blocked: 'Refused', missed: 'Missed',
  },
  recent: { when: 'When', who: 'Who', what: 'About', result: 'Result', talk: 'Talked', wait: 'Waited', listen: 'Has a recording', open: 'Open the call', none: 'No calls.' },
  board: {
    title: 'Live board', queues: 'Queues', agents: 'Agents', line: 'In line', queue: 'Queue', waiting: 'Waiting', longest: 'Longest', talking: 'Talking', ready: 'Ready',
    offered: 'Offered', answered: 'Answered', abandoned: 'Gave up', level: 'Service level', target: 'target', below: 'below target', onTarget: 'on target', noCalls: 'no calls yet', total: 'All queues',
    formula: 'Service level', within: (s: number) => `in ${s} s`, today: 'today', inMenu: 'In the menu', wall: 'Wall view', leaveWall: 'Leave the wall view',
    asteriskDown: 'The telephone exchange does not answer', databaseDown: 'The database does not answer', fine: 'All parts work', phoneBad: 'phone not connected',
    emergency: 'Emergency announcement', emergencyOn: 'The emergency announcement is on', emergencyText: 'Every caller hears this before the menu.',
    emergencyEn: 'In English', emergencySw: 'In Kiswahili', turnOn: 'Announce it to every caller', turnOff: 'Stop the announcement', confirmOn: 'Callers hear it from the next call on.',
    undone: 'Stopped.', undo: 'Undo', announced: 'Announced to every caller.', behind: (what: string) => `Calls: ${what}`, nobodyIn: 'Nobody is signed in.', nobodyWaits: 'Nobody waits.', cancel: 'Cancel', close: 'Close',
    tooLong: 'too long', state: 'State', calls: 'calls',
  },
  callPage: {
    title: 'Call', back: 'Back', facts: 'What happened', listen: 'Recording', left: 'Citizen left, agent right', noRecording: 'There is no recording of this call.',
    why: 'Why this agent', whyNone: 'This call was not offered to an agent.', eligible: 'Could take it', decidedBy: 'Decided by', entered: 'Entered', ended: 'Ended', details: 'Details', running: 'still going on',
    about: 'The call', note: 'Note', noNote: 'No note.', position: 'Position in the journal', agent: 'Agent',
  },
  fact: {
    CallEntered: 'Entered the line',
    LanguageChosen: 'Chose a language',
    MenuVisited: 'Heard a menu',
    ServiceChosen: 'Chose a service',
    ServiceAnswered: 'Heard the answer',
    CaseStatusGiven: 'Heard the status of a case',
    CallContained: 'Served by the menu',
    IvrFailed: 'The menu failed',
    RecordingArmed: 'Told of the recording',
    RecordingRefused: 'Refused the recording',
    CallWaiting: 'Began to wait',
    CallOffered: 'Offered to an agent',
    OfferFailed: 'Not answered by the agent',
    CallConnected: 'Connected',
    CallHeld: 'Put on hold',
    CallResumed: 'Taken off hold',
    AgentLost: 'The agent was lost',
    CallRejoined: 'The agent came back',
    CallRequeued: 'Back in line',
    CallAbandoned: 'Gave up',
    CallEnded: 'Ended',
    AgentWrappingUp: 'Work after the call',
    WrapUpExtended: 'More time after the call',
    DispositionSaved: 'Written down',
    RecordingArchived: 'Recording kept',
  },
  shortcuts: {
    title: 'Keyboard shortcuts', answer: 'Answer', mute: 'Mute or unmute', hold: 'Hold or resume', keypad: 'Keypad', end: 'End the call', help: 'This list',
    notes: 'Go to the notes', fields: 'They rest while you type in a field. Escape leaves the field.', space: 'Space', ready: 'Become ready',
  },
} as const

type Widen<T> = T extends (...args: infer A) => string
  ? (...args: A) => string
  : T extends readonly string[]
    ? readonly string[]
    : T extends string
      ? string
      : { readonly [K in keyof T]: Widen<T[K]> }

export type Words = Widen<typeof en>
