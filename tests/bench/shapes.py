"""What the harness and its generators tell each other, as JSON over stdin and stdout."""

from dataclasses import dataclass, field


@dataclass
class LoadPlan:
    """One run of the load. tokens: sender, recipient, sender, recipient, ..."""

    name: str
    host: str
    port: int
    tokens: list[str]
    server_pid: int
    database_pid: int | None
    window: int
    warmup: float
    seconds: float
    rate: float = 0.0  # messages a second over all pairs; 0: as fast as the window allows
    size: int = 100
    audited: int = 1  # pairs whose every frame is kept and parsed after the run
    dense: bool = True  # whether this server promises seq 1, 2, 3, ...

    @property
    def pairs(self) -> int:
        return len(self.tokens) // 2


@dataclass
class Integrity:
    """What went wrong on the wire: all of it must be 0 or empty."""

    lost: int  # sent, and the push or the answer never came
    repeated: int
    out_of_order: int
    problems: list[str] = field(default_factory=list)


@dataclass
class LoadResult:
    """What one run gave. Shares are of one core; microseconds are per delivered message."""

    per_second: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    server_us: float
    database_us: float
    server_share: float
    database_share: float
    generator_share: float
    machine_idle: float  # of all cores: what nobody used
    machine_others: float  # of all cores: what went to processes outside this benchmark
    sent: int
    integrity: Integrity
    users: list[int]  # ids, in the order of the tokens


@dataclass
class IdlePlan:
    """Hold idle connections: `base` to warm the server up, then one per further token."""

    host: str
    port: int
    tokens: list[str]
    server_pid: int
    base: int
    pings: bool = True  # wait until every socket was pinged before weighing


@dataclass
class IdleResult:
    connections: int
    bytes_each: float
    connect_seconds: float
    problems: list[str] = field(default_factory=list)
