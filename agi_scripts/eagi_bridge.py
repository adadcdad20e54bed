"""Gives one call's descriptors to the IVR: `EAGI(eagi_bridge,CALL_ID,ENTRY,SOCKET)`.

Asterisk starts a program for each call that is to be heard: 0 and 1 are the AGI conversation, 3 is the caller's sound
(signed 16 bits, 8 kHz, 320 bytes each 20 ms). Speaking costs a process of Python 80 ms; passing the three descriptors
over the IVR's Unix socket costs it nothing, so that is all this one does. It stays until the IVR closes the socket,
because Asterisk looks after the process that it started. It imports nothing that is not compiled in, and runs with
`-IS`: no site, no environment, no packages.

Is the IVR away, it ends at once. Asterisk sees the conversation end, `CC_IVR_RESULT` is empty, and the dialplan's
`[failed]` takes the caller to a person.
"""

import _socket
import posix
import sys

HANDED_OVER = (0, 1, 3)
PATIENCE_S = 3.0
"""A socket that nobody accepts from, its queue full, is as good as none (s)."""


def hand_over(path: str) -> int:
    """Pass the descriptors to whoever listens at `path` and wait until it is done; the process's exit code."""
    line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        line.settimeout(PATIENCE_S)
        line.connect(path)
        rights = b"".join(number.to_bytes(4, sys.byteorder) for number in HANDED_OVER)
        line.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
        for number in HANDED_OVER:  # the IVR's are the only ones now: when it closes them, Asterisk knows
            posix.close(number)
        line.settimeout(None)
        line.recv(1)
    except OSError:
        return 1
    return 0


if __name__ == "__main__":
    posix._exit(hand_over(sys.argv[-1]))
