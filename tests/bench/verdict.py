"""How a goal is told."""


def verdict(what: str, figure: str, wanted: str, met: bool) -> str:
    return f"{what}: {figure} (wanted: {wanted}) {'met' if met else 'not met'}"
