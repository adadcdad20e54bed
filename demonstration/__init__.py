"""The world outside, for a house without one: a telephone company, citizens who call, agents who answer."""
