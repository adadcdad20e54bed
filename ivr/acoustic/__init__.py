"""Our own acoustic model: what a caller said, among the phrases of a prompt, in English or Kiswahili."""
