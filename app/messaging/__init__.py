"""The core: what happens to a message. No web framework and no SQL text in here."""
