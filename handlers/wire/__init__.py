"""The WebSocket wire of our own: Tornado shakes hands, then a socket is ours.

frames      what a frame is, and those that a server sends (RFC 6455, section 5)
parser      bytes -> messages; knows no socket
poller      which sockets can be read or written
channel     one non-blocking socket: reads in bulk, holds back what the kernel does not take
outgoing    whole frames out, one by one or together, up to a close frame
connection  one WebSocket: messages, pings, the closing handshake (sections 5.5 and 7)
pings       one timer for all of them
delegate    what a connection tells its handler
handler     Tornado's WebSocketHandler on top of it; over TLS it is Tornado's own wire
"""
