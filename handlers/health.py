"""For the operator's probes: alive, ready, and figures."""

from __future__ import annotations

import hmac

from app.messaging.errors import Errorcode, not_found
from handlers.base import BaseHandler, answers
from models import storage


class AliveHandler(BaseHandler):
    async def get(self) -> None:
        self.answer_txt("alive.")


class ReadyHandler(BaseHandler):
    """The database answers within the reader's patience; else 503, -8."""

    @answers
    async def get(self) -> None:
        await self.parley.reader.run(storage.read_epoch)
        self.answer_txt("ready.")


class MetricsHandler(BaseHandler):
    """Prometheus text format 0.0.4, for who brings the metrics token."""

    @answers
    async def get(self) -> None:
        token = self.parley.options.metrics_token
        offered = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(token.encode(), offered.encode()):
            raise not_found("page")
        self.set_header("Content-Type", "text/plain; version=0.0.4")
        self.finish(self._text())

    def _text(self) -> str:
        counters, hub = self.parley.counters, self.parley.hub
        lag, counters.loop_lag = counters.loop_lag, 0.0
        rows = [
            ("parley_sockets", "gauge", len(hub)),
            ("parley_users_online", "gauge", len(hub.clients)),
            ("parley_writer_queue", "gauge", len(self.parley.writer)),
            ("parley_loop_lag_seconds", "gauge", round(lag, 6)),
            ("parley_messages_stored_total", "counter", counters.stored),
            ("parley_messages_repeated_total", "counter", counters.repeats),
            ("parley_batches_total", "counter", counters.batches),
            ("parley_slow_readers_dropped_total", "counter", counters.dropped_slow),
            ("parley_redis_linked", "gauge", counters.redis_linked),
            ("parley_hints_dropped_total", "counter", counters.hints_dropped),
            ("parley_gap_reads_total", "counter", counters.gap_reads),
        ]
        text = "".join(f"# TYPE {name} {kind}\n{name} {value}\n" for name, kind, value in rows)
        refused = "".join(
            f'parley_refused_total{{errorcode="{int(code)}"}} {counters.refused[code]}\n'
            for code in Errorcode
            if code < 0
        )
        return f"{text}# TYPE parley_refused_total counter\n{refused}"
