"""One thin file per thing that the dialplan runs: so far the bridge by which the IVR hears the caller."""
