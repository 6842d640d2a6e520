"""What must survive, and the proof that it does: real servers, real sockets, real faults."""
