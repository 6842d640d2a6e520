"""The schema goes forward and back with data in it, and is what the models say."""
