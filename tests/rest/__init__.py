"""/api/v1: real HTTP statuses, the same envelopes, and who may call from where."""

import pytest

pytest.register_assert_rewrite("tests.rest.answers")  # its assertions say what they saw
