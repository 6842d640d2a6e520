"""Several processes on one database and one Redis."""
