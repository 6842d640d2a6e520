"""Rooms, from outside: on the socket, over HTTP, on both databases."""
