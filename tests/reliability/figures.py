"""What a fault test measured, printed as one line: `pytest -rP` shows it."""


def figures(fault: str, **measured: float | str) -> None:
    """Print the figures that docs/reliability.md repeats."""
    shown = (f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in measured.items())
    print(fault, *shown)
