"""Rooms: many people in one conversation, on the same log, writer and sockets as two."""
