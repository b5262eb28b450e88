"""Draft → findings: places that need a change or a second look, with exact offsets. Pure.

Plain copies of the draft are searched (`chat.plain`), so that no space, dash or unseen character hides a place. Numbers are
recognised by well-kept libraries and their check digits; the organisation's own words come from terms.yaml; cues are word
patterns (`chat.cues`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from chat.answer import Account, Finding
from chat.cues import CUES, PLACES
from chat.phrases import phrase
from chat.plain import ANY_DASH, Plain, any_dashes, bare, readings
from kb.clause import PRACTICES_POLICY

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
# A mailbox of an office is there to be published; a person's is not, whatever office stands before the name.
_OFFICES = (
    r"(?:info|hello|hi|halo|hallo|contact|kontak|press|media|humas|pr|news|support|help|helpdesk|care|cs|customercare|customer|service|"
    r"layanan|pengaduan|aduan|sales|penjualan|order|orders|pesan|shop|toko|booking|reservasi|reservations?|jobs|careers?|karir|karier|lowongan|"
    r"hr|hrd|rekrutmen|recruitment|recruiting|apply|admin|office|kantor|sekretariat|events?|acara|privacy|legal|team|tim|feedback|saran)"
)
_BRANCH = (
    r"(?:\d+|id|uk|us|eu|de|int|global|indonesia|online|web|desk|dept|department|divisi|bagian|center|centre|pusat|cabang|"
    r"relations?|enquir(?:y|ies)|inquir(?:y|ies)|noreply|internal|external)"
)
_OFFICE = re.compile(rf"{_OFFICES}(?:[._+-](?:{_OFFICES}|{_BRANCH}))*(?=@)", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.,])\d(?:[ .-]?\d){11,18}(?![\w]|[.,]\d)")
_IBAN = re.compile(
    r"\b[A-Z]{2}\d{2}(?:(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?|"
    rf"(?:{ANY_DASH}[A-Z0-9]{{4}}){{2,7}}(?:{ANY_DASH}[A-Z0-9]{{1,3}})?)\b"
)
_NPWP = re.compile(r"(?<![\w.])\d{2}\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}\b")
_HOME = re.compile(
    r"\b(?:alamat rumah(?:nya)?|rumahnya (?:di|ada di)|tinggal(?:nya)? di|lives (?:at|in)|home address(?: is)?:?)\s+"
    r"(?=[^!?\n]{0,20}(?:\d|jl\b|jalan|gang|street|road|avenue))(?:\b(?:no|jl|gg|rt|rw|st|rd|ave)\.|[^.!?\n]){4,60}",
    re.IGNORECASE,
)
# A number printed as one to call is an office's, unless somebody says that it is a person's own.
_OWN_NUMBER = re.compile(
    r"\b(?:my (?:own |private |personal )?(?:number|mobile|cell|phone|whatsapp)|(?:her|his|their|customer'?s?|patient'?s?|client'?s?) "
    r"(?:\w+ )?(?:number|mobile|cell|phone|whatsapp)|nomor(?:nya)? (?:hp|wa|pribadi|saya|beliau|ibu|bapak|pak|bu|pelanggan|pasien|dia)|"
    r"(?:hp|wa|no) (?:pribadi|saya|gue|gw|aku|beliau|ibu|bapak|pelanggan|pasien)|text me|japri|hubungi saya)\b",
    re.IGNORECASE,
)
_NEAR = 45  # code points before a number in which its owner is named
_CURRENCY = re.compile(r"(?:rp\.?|idr|usd|eur|gbp|[$€£])\s*$", re.IGNORECASE)
_REGIONS = {"id": ("ID",), "en": ("GB", "US", "ID")}
_PRAISE = re.compile(
    r"\b(?:best|love|great|amazing|recommend|favou?rite|buy|try|terbaik|suka|keren|rekomendasi|mantap|wajib coba|beli|enak|bagus)\b",
    re.IGNORECASE,
)
_TIE = re.compile(
    r"\b(?:i work (?:at|for|here)|my employer|our (?:own|new)|we (?:make|made|launched|offer)|saya (?:kerja|bekerja|karyawan)|"
    r"tempat(?:ku| saya)? (?:kerja|bekerja)|kantor(?:ku| saya)|karyawan|pegawai)\b",
    re.IGNORECASE,
)
# Kinds that leave no room for a second opinion: the text shows what may never be shown.
CERTAIN = frozenset({"card", "iban", "nik", "npwp", "code_names"})


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place: `key` names what was recognised, and with it the words that say why."""

    start: int
    end: int
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in a draft, in its order; `sure` is the first that leaves no room for a second opinion."""

    findings: tuple[Finding, ...] = ()
    sure: Finding | None = None


def examine(text: str, lang: str, account: Account | None, terms: Mapping[str, Sequence[str]]) -> Examined:
    """Everything found in a draft, at most one finding a place; offsets count code points of `text`."""
    spots = dict.fromkeys(_placed(spot, copy) for copy in readings(text) for spot in _spots(copy.text, lang, account, terms))
    kept: list[_Spot] = []
    for spot in sorted(spots, key=_order):
        if not any(spot.start < other.end and other.start < spot.end for other in kept):
            kept.append(spot)
    kept.sort(key=lambda spot: spot.start)
    found = [(_finding(text, spot, lang), spot.key in CERTAIN) for spot in kept]
    return Examined(tuple(finding for finding, _ in found), next((finding for finding, sure in found if sure), None))


def _spots(text: str, lang: str, account: Account | None, terms: Mapping[str, Sequence[str]]) -> Iterator[_Spot]:
    """Everything found in one copy, overlapping or not."""
    yield from _numbers(text, lang)
    yield from _own_words(text, terms)
    yield from _untold(text, account, terms)
    yield from _cued(text, account)


def _placed(spot: _Spot, copy: Plain) -> _Spot:
    """A spot of a copy where it stands in the original."""
    start, end = copy.span(spot.start, spot.end)
    return replace(spot, start=start, end=end)


def _order(spot: _Spot) -> tuple[bool, bool, int, int]:
    """The surest first, then the earliest, then the longest."""
    return spot.key not in CERTAIN, spot.key == spot.kind, spot.start, -spot.end


def _finding(text: str, spot: _Spot, lang: str) -> Finding:
    place = PLACES[spot.kind]
    words = text[spot.start : spot.end]
    return Finding(
        start=spot.start,
        end=spot.end,
        text=words,
        kind=spot.kind,
        clause_id=f"{PRACTICES_POLICY}/{place}",
        practices=(int(place.partition("/")[0]),),
        why=phrase(f"finding_{spot.key}", lang),
    )


def personal(text: str, lang: str, terms: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """Every place that may tell who somebody is, or what is not told outside, with its kind; wider than what is a finding."""
    for copy in readings(text):
        for start, end, kind in _personal(copy.text, lang, terms):
            yield *copy.span(start, end), kind


def _personal(text: str, lang: str, terms: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    import phonenumbers

    for spot in _numbers(text, lang):
        yield spot.start, spot.end, spot.key
    for found in _EMAIL.finditer(text):
        yield *found.span(), "email"
    for region in _REGIONS["en"]:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            yield match.start, match.end, "phone"
    for spot in _own_words(text, terms):
        if spot.key != "competitors":
            yield spot.start, spot.end, spot.key


def _numbers(text: str, lang: str) -> Iterator[_Spot]:
    """Addresses and numbers that belong to a person."""
    import phonenumbers
    from stdnum import iban, luhn
    from stdnum.id import nik, npwp

    for found in _EMAIL.finditer(text):
        if not _OFFICE.match(found[0]):
            yield _Spot(*found.span(), "personal-data", "email")
    for found in _IBAN.finditer(text):
        if iban.is_valid(re.sub(r"\W", "", found[0])):
            yield _Spot(*found.span(), "personal-data", "iban")
    for found in _NPWP.finditer(text):
        if npwp.is_valid(found[0]):
            yield _Spot(*found.span(), "personal-data", "npwp")
    for found in _DIGITS.finditer(text):
        number = re.sub(r"\D", "", found[0])
        if len(number) == 16 and nik.is_valid(number):
            yield _Spot(*found.span(), "personal-data", "nik")
        elif len(number) in (15, 16) and number[0] in "3456" and luhn.is_valid(number):
            yield _Spot(*found.span(), "personal-data", "card")
    for region in _REGIONS.get(lang, ("GB",)):
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            before = text[max(0, match.start - _NEAR) : match.start]
            if _OWN_NUMBER.search(before) and not _CURRENCY.search(before):
                yield _Spot(match.start, match.end, "personal-data", "phone")
    for found in _HOME.finditer(text):
        yield _Spot(*found.span(), "personal-data", "home")


_OWN = {"code_names": "unannounced", "customers": "third-party", "partners": "third-party", "competitors": "competitor"}


def _own_words(text: str, terms: Mapping[str, Sequence[str]]) -> Iterator[_Spot]:
    for key, kind in _OWN.items():
        for word in terms.get(key, ()):
            for found in _word(word).finditer(text):
                yield _Spot(*found.span(), kind, key)


def _untold(text: str, account: Account | None, terms: Mapping[str, Sequence[str]]) -> Iterator[_Spot]:
    """Praise of the organisation from a private account that does not say that the writer belongs to it."""
    if account is Account.BRAND or not _PRAISE.search(text) or _TIE.search(text):
        return
    if any(tag.casefold() in text.casefold() for tag in terms.get("disclosure_tags", ())):
        return
    for word in (*terms.get("company", ()), *terms.get("brands", ())):
        if found := _word(word).search(text):
            yield _Spot(*found.span(), "missing-disclosure", "missing-disclosure")
            return


def _cued(text: str, account: Account | None) -> Iterator[_Spot]:
    for kind, pattern in _patterns().items():
        # Private views are a person's own on a personal account.
        if kind == "political" and account is Account.PERSONAL:
            continue
        for found in pattern.finditer(text):
            yield _Spot(*found.span(), kind, kind)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {kind: re.compile("|".join(f"(?:{cue})" for cue in cues), re.IGNORECASE) for kind, cues in CUES.items()}


@cache
def _word(word: str) -> re.Pattern[str]:
    # A name may stand at a hashtag's or handle's beginning, and its spaces and dashes may be any.
    inner = r"\s+".join(any_dashes(part) for part in bare(word).text.split())
    return re.compile(rf"(?<![^\W_]){inner}(?![^\W_])" if inner else "(?!)", re.IGNORECASE)
