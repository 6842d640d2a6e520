"""The WebSocket wire of our own: Tornado shakes hands, then a socket is ours.

frames      bytes <-> frames (RFC 6455, section 5); knows no socket
channel     one non-blocking socket: reads in bulk, holds back what the kernel does not take
connection  one WebSocket: messages, pings, the closing handshake (sections 5.5 and 7)
pings       one timer for all of them
handler     Tornado's WebSocketHandler on top of it; over TLS it is Tornado's own wire
"""
