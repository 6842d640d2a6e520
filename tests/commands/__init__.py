"""What an operator types, run for real on both databases."""

import pytest

pytest.register_assert_rewrite("tests.commands.running")  # its assertions say what they saw
