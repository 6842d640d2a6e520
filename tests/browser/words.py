"""What the people of the pictures say, each in their own language."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Words:
    """What the people of the pictures say, so that they say it in their own language."""

    alice: str = "Alice Moreau"
    bob: str = "Bob Brandt"
    carol: str = "Carol Nakamura"
    news: str = "Are we still on for tomorrow?"
    talk: tuple[tuple[str, str], ...] = field(
        default=(
            ("bob", "Morning! Did the parcel arrive?"),
            ("alice", "It did, thank you. The lamp is even nicer than on the pictures."),
            ("alice", "One question: which bulb fits? The leaflet only says E14."),
            ("bob", "Any E14 up to 40 W. I like these: https://example.org/bulbs/warm-e14"),
            ("bob", "💡"),
        )
    )
    reply: str = "Perfect, I will get one on the way home."
    missed: str = "And send a picture once it hangs!"
    guest: str = "Noor"
    # The first two are Alice's
    rooms: tuple[str, ...] = ("Lamps and light", "Neighbours of the old mill", "Cycling")
    chat: tuple[tuple[str, str], ...] = field(
        default=(
            ("bob", "Welcome! Ask anything about lamps here."),
            ("carol", "Does a dimmer work with every LED?"),
            ("carol", "Mine hums."),
            ("alice", "Only with dimmable ones. It says so on the box."),
            ("guest", "Good to know, thanks! 👍"),
        )
    )
    aside: str = "The road along the mill is closed until Friday."


CHINESE = Words(
    alice="林晓",
    bob="张伟",
    carol="王芳",
    news="明天的安排没变吧？",
    talk=(
        ("bob", "早上好！包裹收到了吗？"),
        ("alice", "收到了，谢谢。台灯比图片上还好看。"),
        ("alice", "问一下：用什么灯泡？说明书上只写了 E14。"),
        ("bob", "40W 以下的 E14 都可以。我喜欢这种：https://example.org/bulbs/warm-e14"),
        ("bob", "💡"),
    ),
    reply="太好了，下班路上买一个。",
    missed="装好了发张照片！",
    guest="小雨",
    rooms=("灯具与照明", "老磨坊的邻居们", "骑行"),
    chat=(
        ("bob", "欢迎！关于灯具的问题都可以在这里问。"),
        ("carol", "调光器能配所有的 LED 灯吗？"),
        ("carol", "我家的会嗡嗡响。"),
        ("alice", "只能配可调光的，包装盒上会写。"),
        ("guest", "明白了，谢谢！👍"),
    ),
    aside="磨坊旁边的路封到星期五。",
)
ARABIC = Words(
    alice="ليلى حداد",
    bob="Bob (Brandt)",
    carol="كريم منصور",
    news="هل موعدنا غدًا كما هو؟",
    talk=(
        ("bob", "صباح الخير! هل وصل الطرد؟"),
        ("alice", "نعم، شكرًا. المصباح أجمل من الصور."),
        ("alice", "سؤال: أي لمبة تناسبه؟ مكتوب في الورقة E14 فقط."),
        ("bob", "Any E14 up to 40 W: https://example.org/bulbs/warm-e14"),
        ("bob", "💡"),
    ),
    reply="ممتاز، سأشتري واحدة في طريقي إلى البيت.",
    missed="وأرسلي صورة بعد تعليقه!",
    guest="نور",
    rooms=("مصابيح وإضاءة", "جيران الطاحونة القديمة", "Cycling"),
    chat=(
        ("bob", "Welcome! Ask anything about lamps here."),
        ("carol", "هل يعمل مخفّت الإضاءة مع كل مصابيح LED؟"),
        ("carol", "مصباحي يصدر طنينًا."),
        ("alice", "مع القابلة للتخفيت فقط، وهذا مكتوب على العلبة."),
        ("guest", "معلومة مفيدة، شكرًا! 👍"),
    ),
    aside="الطريق بجانب الطاحونة مغلق حتى الجمعة.",
)
