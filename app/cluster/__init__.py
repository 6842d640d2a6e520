"""Several processes: what each must know of the others, through Redis. Hints, never the truth."""
