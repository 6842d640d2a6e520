"""Who somebody is, and how often they may try."""
