"""One thin file per thing that the dialplan calls; so far the dialplan calls the IVR by FastAGI and needs none.

The seam for speech: where the IVR must hear the caller, `[entered]` runs `EAGI(eagi_bridge)` in place of
`AGI(agi://…/menu)`. That script starts with `python3 -IS`, sends its descriptors 0, 1 (the AGI conversation) and 3
(the caller's audio, signed linear at 8 kHz, 320 bytes each 20 ms) to the IVR's Unix socket by SCM_RIGHTS, and waits
until the IVR closes it. The rest of the dialplan stays as it is: `CC_IVR_RESULT` is the last word of either.
"""
