"""What is stored, and every statement that touches it."""
