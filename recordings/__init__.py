"""What is kept of a call's sound: where it lies, how it gets there, who may hear it."""
