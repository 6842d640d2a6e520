"""The wire of our own, held against RFC 6455, Tornado's wire, and other people's clients."""
