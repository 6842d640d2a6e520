"""One file a command; each has `run(options, arguments) -> exit code`."""
