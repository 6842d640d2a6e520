"""Numbered steps of the schema, run in order by models.schema."""
