"""The benchmark: real servers under a load generator in a process of its own."""
