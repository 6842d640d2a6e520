"""A pretend site that embeds Parley, to be looked at: `make demo`."""
