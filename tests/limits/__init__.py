"""Every limit, met on purpose; and 0, which means that there is none."""
