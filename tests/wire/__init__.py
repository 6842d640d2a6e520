"""The wire of our own, held against RFC 6455, Tornado's wire, and other people's clients."""

import pytest

pytest.register_assert_rewrite("tests.wire.rfc6455")  # its assertions say what they saw
