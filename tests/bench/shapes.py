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


@dataclass
class StormPlan:
    """Connect everybody at once. A token each; seconds after which nothing more is expected."""

    host: str
    port: int
    tokens: list[str]
    server_pid: int
    database_url: str = ""  # of a MariaDB of nobody else, whose statements are counted
    patience: float = 60.0


@dataclass
class StormResult:
    members: int
    dial_seconds: float  # until the last connect() had been called
    seconds: float  # until the last hello
    median_seconds: float  # half had theirs by then
    server_seconds: float  # of CPU, until then
    settled_server_seconds: float  # of CPU, until the server rested: the presences come later
    queries: int | None  # to the database, until then
    failures: dict[str, int] = field(default_factory=dict)  # what went wrong, and how often


@dataclass
class Flood:
    """How one socket floods: `burst` texts at once, then `rate` a second, of `size` characters."""

    name: str
    rate: float
    burst: int
    size: int


@dataclass
class FloodPlan(LoadPlan):
    """Pairs at their rate, without a flood and beside each kind of it, so many rounds.

    flooders: two more tokens for each round and kind: a limit that somebody has used up would
    make the next flood a smaller one.
    """

    rounds: int = 3
    floods: list[Flood] = field(default_factory=list)
    flooders: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.floods = [
            Flood(**flood) if isinstance(flood, dict) else flood for flood in self.floods
        ]


@dataclass
class Period:
    """What the pairs saw in one stretch of time. flood: its name; empty without one."""

    round: int
    flood: str
    messages: int
    p50_ms: float
    p99_ms: float
    # to the flooder: errorcode (JSON knows no other keys than texts) -> how often
    answers: dict[str, int] = field(default_factory=dict)


@dataclass
class FloodResult:
    periods: list[Period]
    machine_others: float  # of all cores: what went to processes outside this benchmark
    sent: int
    integrity: Integrity
    users: list[int]
