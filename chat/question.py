"""Message → Question: cleaned text, language, account, and what came before. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from chat.answer import Account, Message
from kb.language import detect

LONGEST = 20_000  # code points of a message that are read; a post of any network is shorter
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[ \t\r\f\v]+")
# A message that leans on the one before it: it opens with a connective, or names nothing itself.
_CONTINUES = re.compile(
    r"^\W*(?:and|but|so|then|ok(?:ay)?|what (?:if|about)|how about|even|also|if|or|same|does that|is that|would that|still|instead|why|"
    r"terus|trus|kalau|kalo|klo|lalu|tapi|tp|nah|oke|ok|terus kalau|gimana kalau|gmn|bagaimana kalau|meski|walau|berarti|jadi|atau|"
    r"sama|masih|kan|dan|emang|lha|lah)\b",
    re.IGNORECASE,
)
_SHORT = 9
_PERSONAL = re.compile(
    r"\b(?:my (?:own|personal|private)|own (?:account|page|profile|feed|time)|personal (?:account|page|profile|blog)|"
    r"akun (?:pribadi|sendiri|gue|gw|saya|aku|ku)|(?:ig|tiktok|twitter|facebook|instagram|linkedin|medsos|blog|status wa) (?:pribadi|sendiri|gue|gw|saya|aku)|akunku)\b",
    re.IGNORECASE,
)
_BRAND = re.compile(
    r"\b(?:(?:brand|company|official|corporate|business|shop|store|client)(?:'s)? (?:account|page|profile|feed|channel|instagram|twitter|tiktok|facebook|linkedin)|"
    r"our (?:account|page|feed|channel|instagram|tiktok|facebook|twitter|linkedin)|"
    r"akun (?:resmi|kantor|perusahaan|brand|merek|bisnis|toko|klien|instansi|dinas|usaha|kita|kami)|(?:ig|tiktok|instagram|fb|halaman) (?:kantor|resmi|perusahaan|toko|brand|kami|kita))\b",
    re.IGNORECASE,
)
# Plainly asks whether something may be posted somewhere. On the tune split it matches no message that is not ours.
_ASKS_TO_POST = re.compile(
    r"\b(?:can|could|may|might|should|shall|must|ok(?:ay)?|fine|allowed|alright|all right|permitted)\b[^.?!]{0,40}?"
    r"\b(?:post|posting|repost|share|sharing|upload|publish|tweet|retweet|blog|vlog|caption|go live|livestream|stream)\b[^.?!]{0,80}"
    r"\b(?:instagram|insta|ig|facebook|fb|tiktok|linkedin|twitter|x|youtube|threads|reddit|page|account|story|stories|feed|profile|channel|"
    r"group|online|social media|photo|picture|video|pic)\b"
    r"|\b(?:boleh\w*|bisa|aman|gapapa|gpp|izin|diizinkan|diperkenankan|wajib|harus)\b[^.?!]{0,50}?"
    r"\b(?:posting\w*|post|nge-?post|repost|unggah|mengunggah|diunggah|upload|share|bagikan|membagikan|tayang\w*|story|live|siaran langsung|vlog|ngevlog|tweet|ngetweet)\b"
    r"|\b(?:posting|post|unggah|upload|share|repost)\b[^.?!]{0,60}\bboleh\b"
    r"|\b(?:can|could|may|might|should|shall|must|ok(?:ay)?|fine|allowed|boleh\w*|bisa|aman|gapapa|gpp|diperkenankan)\b[^.?!]{0,60}?"
    r"\b(?:say|write|mention|comment|reply|review|complain|tell|put|add|use|show|pasang|memasang|komen\w*|balas|membalas|cerita|curhat|tulis|menulis|"
    r"sebut|pamer|taruh|naruh|pakai|memakai|pake|masukin)\b[^.?!]{0,80}"
    r"\b(?:instagram|insta|ig|facebook|fb|tiktok|linkedin|twitter|youtube|threads|reddit|glassdoor|telegram|reels?|stories|medsos|social media|media sosial)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A message understood.

    `text` is what was sent, cleaned of control and invisible characters; `original` is untouched (offsets of findings
    refer to it); `asks_to_post` is set where it plainly asks whether something may be posted; `sought` is what is searched: the text, joined with what came before where it leans on that.
    """

    text: str
    original: str
    sought: str
    lang: str
    draft: bool
    account: Account | None
    history: tuple[str, ...]
    asks_to_post: bool = False


def understand(message: Message) -> Question:
    """The message as a question; never fails: text without a word is still a question, to be turned away later."""
    text = clean(message.text)
    history = tuple(earlier for earlier in (clean(h) for h in message.history) if earlier)
    if message.lang in ("en", "id"):
        lang = message.lang
    else:
        lang = detect(text if len(text.split()) > 3 or not history else f"{history[-1]} {text}")
    leans = bool(history) and not message.draft and leans_on_history(text)
    return Question(
        text=text,
        original=message.text,
        sought=f"{history[-1]} {text}" if leans else text,
        lang=lang,
        draft=message.draft,
        account=message.account or stated_account(f"{text}"),
        history=history if leans else (),
        asks_to_post=bool(_ASKS_TO_POST.search(text)),
    )


def clean(text: str) -> str:
    """NFC, without control or invisible characters, spaces collapsed, at most `LONGEST` code points."""
    # A lone surrogate (from a broken escape) is no character: nothing after this point could encode it.
    valid = text[: 2 * LONGEST].encode("utf-8", "replace").decode("utf-8")
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", valid))
    return _SPACES.sub(" ", plain).strip()[:LONGEST]


def leans_on_history(text: str) -> bool:
    """Whether a message can only be understood with the one before it."""
    return bool(_CONTINUES.match(text)) or len(text.split()) <= _SHORT


def stated_account(text: str) -> Account | None:
    """The account that the words name, if they name exactly one."""
    personal, brand = bool(_PERSONAL.search(text)), bool(_BRAND.search(text))
    if personal == brand:
        return None
    return Account.PERSONAL if personal else Account.BRAND
