"""HTTP and WebSocket: what comes in is parsed, handed to a use case, and answered."""
