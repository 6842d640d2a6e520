"""People who talk with each other in a real Chromium, against a real server."""
