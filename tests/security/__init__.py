"""What an attacker would try, against the real server."""
