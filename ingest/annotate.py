"""Clause → annotated clause: modality, topics, practices and contact. Explicit attributes win over what is inferred. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter

from ingest.document import Refusal
from ingest.numbering import parse
from kb.clause import PRACTICE_NUMBERS, Clause, Modality
from kb.lexical import words

_MOST_TOPICS = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """What a clause can be about: terms by language, its practices, its contact."""

    id: str
    name: Mapping[str, str]
    practices: tuple[int, ...]
    terms: Mapping[str, tuple[str, ...]]
    contact: str


# What the words of a marker say; where several stand in a sentence the first decides, and at one place the longest.
_MARKERS: tuple[tuple[Modality, str], ...] = (
    (
        Modality.MUST_NOT,
        r"\b(?:must|may|shall|can) ?not\b|\b(?:can't|mustn't|shan't)|\b(?:must|shall|may) never\b"
        r"|\b(?:is|are) (?:not (?:allowed|permitted|authori[sz]ed|entitled|free to|acceptable|appropriate|fine|for)|unacceptable"
        r"|forbidden|prohibited|banned|barred|off limits)\b|\bnever\b|\bdo not\b|\bdon't\b|^no (?:\w+ ){1,4}(?:may|is|are)\b|^(?:no(?!\.,|\. ?\d|\. ?(?:dok|urut|surat)\b)|not)\b(?! only)"
        r"|\b(?:nobody|no[ -]one|nothing|neither)\b[^.;:]{0,60}\b(?:may|can)\b"
        r"|\bno (?:\w+ ){1,4}may\b|\b(?:forbids?|forbade|prohibits?|prohibited|bars?|barred|bans?|banned)\b|\bunder no circumstances\b"
        r"|\b(?:must|shall|may|can) (?:\w+ )?(?:(?:\w+ )?nothing|(?:at|by|in|on|to|from|under) no|no(?!t)|neither)\b"
        r"|\b(?:me)?larang\b|\bdilarang\b|\b(?:tidak|belum) (?:boleh|dibolehkan|diperbolehkan|diperkenankan|dipersilakan|diizinkan|dibenarkan|dapat|bebas|berhak|berwenang|dipakai|digunakan)\b"
        r"|\b(?:tidak|tak) (?:ada|se\w+|satu) (?:pun )?(?:\w+ ){0,3}(?:boleh|dapat)\b"
        r"|\b(?:tak|enggak|nggak|gak|ga) boleh\b|\bbukan untuk\b|\bjangan(?:lah)?\b|\bdiharamkan\b|\bterlarang\b",
    ),
    (
        Modality.SHOULD_NOT,
        r"\bshould(?: ?not|n't| never)\b|\b(?:should |please |to )?(?:avoid|refrain|stay out of|steer clear)\b|\bought not\b|\bbetter not\b"
        r"|\b(?:is|are) (?:advised|asked|urged|told) not to\b|\bdiscourage[ds]?\b|\b(?:a bad idea|not (?:recommended|advisable))\b|\bdo(?:es)? not belong\b"
        r"|\bshould (?:\w+ )?(?:nothing|no(?!t))\b|\b(?:sebaiknya|hendaknya|seyogianya) (?:\w+ )?(?:tidak|jangan|menghindari)\b|\bsebisa mungkin tidak\b"
        r"|\b(?:menghindari|hindari|hindarilah|dihindari)\b|\btidak (?:disarankan|dianjurkan|semestinya|seharusnya|sepatutnya|selayaknya|sebaiknya)\b",
    ),
    (
        Modality.MAY,
        r"(?<!\d )(?<!\bin )(?<!\bfrom )(?<!\bsince )(?<!\buntil )\bmay\b(?! \d)|\bcan\b|\b(?:is|are) (?:free|allowed|permitted|entitled) to\b|\b(?:is|are) (?:welcome|encouraged|appropriate)\b|\bit is (?:fine|all right|acceptable)\b|\bfeel free\b"
        r"|\b(?:do(?:es)? not|don't|doesn't) (?:have|need) to\b|\bneed (?:not\b|no\b|make no\b)|\b(?:is|are) not (?:required|obliged) to\b|\bneedn't\b"
        r"|\bboleh\b|\bdiperbolehkan\b|\bdiperkenankan\b|\bdapat\b|\bdipersilakan\b|\bsilakan\b|\bbebas\b|\b(?:tidak|tak) (?:wajib|harus|perlu|diwajibkan)\b",
    ),
    (
        Modality.MUST,
        r"\bmust\b|\bshall\b|\b(?:is|are) (?:required|obliged|bound|expected) to\b|\bha(?:s|ve) to\b|\bneeds? to\b|\bare responsible for\b|\bis responsible for\b"
        r"|\balways\b|\bensure\b|\b(?:demands?|binds?|governs?)\b|\banswer for\b|\b(?:menuntut|mengikat)\b|\bis (?:\w+ )?only after\b|\bhanya di\w+ setelah\b|\bwajib\b|\bharus\b|\bdiharuskan\b|\bdiwajibkan\b|\bmesti\b|\bberkewajiban\b|\bbertanggung jawab\b|\bperlu\b|\bpastikan\b|\bselalu\b",
    ),
    (
        Modality.SHOULD,
        r"\bshould\b|\bought to\b|\b(?:is|are) (?:advised|asked|recommended|urged)\b|\bencourage[ds]?\b|\btold (?:\w+ ){1,4}to\b|\bplease\b"
        r"|\bpreferably\b|\bsebaiknya\b|\bhendaknya\b|\bdisarankan\b|\bdianjurkan\b|\bdih?imbau\b|\busahakan\b|\bseyogianya\b|\bberpesan\b"
        r"|\bseharusnya\b|\bsemestinya\b|\bsepatutnya\b|\bsepantasnya\b|\bdiminta\b|\bdidorong\b|\bmendorong\b|\bdiharapkan\b",
    ),
    (
        Modality.ASK_FIRST,
        r"\b(?:needs?|requires?|subject to|only (?:with|after))\b(?! no\b)[^.;]{0,60}\b(?:permission|approv\w*|consent|clear(?:ance|ed)|sign[- ]?off|authori[sz]ation|agreement)\b"
        r"|\bwhen in doubt\b"
        r"|\b(?:me)?(?:perlu|merlukan) (?:\w+ ){0,3}(?:izin|ijin|persetujuan)\b|\b(?:jika|bila|kalau) ragu\b|\b(?:ber)?konsultasi(?:kan)?\b",
    ),
)
_COMPILED = tuple((modality, re.compile(pattern, re.IGNORECASE)) for modality, pattern in _MARKERS)
_ANY = re.compile("|".join(pattern for _, pattern in _MARKERS), re.IGNORECASE)
# A duty to ask is no other duty, and leave that somebody must give is no leave. Read from the marker on.
_TO_ASK = re.compile(
    r"(?:[\w']+ ){1,3}?(?:first |always |also )?(?:ask\b(?! (?:how|what|why|yoursel\w+|themselves)\b)|check (?:\w+ )?with|consult|be (?:approved|cleared|authori[sz]ed)\b|put questions to|talk (?:to|with)\b"
    r"|(?:seek|obtain|get|have|request|gain)\b[^.;]{0,60}\b(?:permission|approv\w+|consent|clearance|sign[- ]?off|authori[sz]ation|agreement|advice|guidance)"
    r"|(?:tell|inform|notify|contact)\b[^.;]{0,60}\bbefore\b)"
    r"|\w+ (?:\w+ ){0,2}?(?:bertanya|menanyakan|ditanyakan|berkonsultasi|(?:meminta|mendapat\w*|memperoleh|memiliki|seizin|izin|dengan)[^.;]{0,40}"
    r"\b(?:izin|ijin|persetujuan|arahan)|disetujui)",
    re.IGNORECASE,
)
_GIVEN_LEAVE = re.compile(
    r"\b(?:only|once|as soon as|after|with|if|when|until|unless)\b[^.;]{0,80}\b(?:permission|approv\w*|consent|clear(?:ance|ed)|sign[- ]?off|authori[sz]ation"
    r"|agree[sd]?|agreement|team discussion)\b|\b(?:hanya|setelah|dengan|atas|asal|seizin)\b[^.;]{0,60}\b(?:izin|ijin|persetujuan|disetujui|menyetujui)\b",
    re.IGNORECASE,
)
_ONLY = re.compile(r"\bonly (?:after|with|once|if|when)\b|\bhanya (?:setelah|dengan|atas|jika|bila)\b", re.IGNORECASE)
# What some may do is no leave for everybody: "Only the press office may …", "Photos may only be taken by …".
_ONLY_SOME = re.compile(r"(?:only|hanya)\b[^,.;]*$", re.IGNORECASE)
_ONLY_BY = re.compile(r"(?:\w+ )?only\b[^,.;]*\b(?:by|through|via)\b|\w+ di\w+ (?:hanya )?oleh\b", re.IGNORECASE)
# Nor is it a leave to ask or tell what is allowed: "Who may see it", "what you may post".
_ASKED = re.compile(r"\b(?:who|whom|what|which|when|where|how)(?: \w+)? $|\b(?:siapa|apa|kapan|mana)(?: saja)?(?: yang)? $", re.IGNORECASE)
# What can happen is not what one may do.
_CAN_HAPPEN = re.compile(
    r"(?:may|can|cannot|may not|can not|can't) (?:also |still |often |even |easily |only |quickly |well |in turn )*(?:lead|cause|affect|result|identify|harm|damage|bring|end\b|become"
    r"|look|mean\b|reveal|spread|hurt|cost|expose|come\b|protect|guarantee|endanger|lose|face|suffer|incur|risk|remain|raise|pose|trigger|constitute|violate|mislead|seem|appear|undermine|jeopardi[sz]e|compromise|influence|persist|vary|differ|break|breach|reach|count|amount|apply|have (?:legal|consequences|an?\b)|happen|turn"
    r"|be (?:(?:often|easily|widely|also) )?(?:seen|traced|read\b|found|copied|an?\b|true|held|misunderstood|misread|linked|disciplined|subject|liable|dismissed|identified"
    r"|public|deleted|recalled|undone|searched|forwarded|tracked|taken back|the\b|wrong|treated|personally|illegal|unlawful|enough))"
    r"|(?:tidak )?dapat (?:juga |pula |saja )?(?:di(?:lihat|lacak|hapus|baca|salin|telusuri|temukan|kenai|kenakan|pidana|hukum|jatuhi|cari|tarik|berhentikan|keluarkan|pecat|tuntut|skors|mutasi|tindak)"
    r"|ber(?:akibat|dampak|ujung)|me(?:rusak|rugikan|nyebabkan|ngakibatkan|mengaruhi|nimbulkan|mbahayakan))",
    re.IGNORECASE,
)
# What staff are said to do ("Staff in doubt ask Legal").
_ASKS = re.compile(
    r"\b(?:unsure|in (?:any )?doubt)\b[^.;]*\b(?:ask|check|consult|contact)\b|\bask (?:for|their|your|the)\b|\b(?:check|checks) with\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"(?:for )?(?:example|instance)\b|e\.g\.|(?:se)?bagai contoh\b|contoh(?:nya)?\s*:|misalnya\b", re.IGNORECASE)
# A condition in front, and a reason, purpose or circumstance behind: neither says what the sentence demands.
_CONDITION = re.compile(
    r"(?:if|when|where|whenever|while|before|after|because|since|although|even|in|on|for|as|once|during|unless"
    r"|jika|bila|apabila|kalau|ketika|saat|sebelum|sesudah|setelah|karena|meski\w*|walau\w*|dalam|pada|di|untuk|selama|sebagai)\b[^,.;:]*,\s+(?=\S)",
    re.IGNORECASE,
)
_REASON = re.compile(r",? (?:because|since|even (?:when|if|though)|so that|karena|sebab|sehingga|meski\w*|walau\w*)\b", re.IGNORECASE)
_WHETHER = re.compile(r"\b(?:whether|apakah)\b.*?(?= (?:must|should|ask|check|wajib|harus|sebaiknya)\b|$)", re.IGNORECASE | re.DOTALL)
_PERSON = re.compile(r"(?:you|anda|employees|staff|people|members|personnel|volunteers|pegawai|karyawan) $", re.IGNORECASE)
_BEFALLS = re.compile(r"\b(?:be|lose|face|suffer|incur|risk)\b|\bdi\w+$", re.IGNORECASE)
_BIDS_TO_ASK = re.compile(
    r"(?:always |please )?(?:ask|check (?:first )?with|consult|(?:get|obtain|seek|request)\b[^.;]{0,60}\b(?:permission|approval|consent|clearance|sign[- ]?off|authori[sz]ation|advice|guidance))\b"
    r"|(?:tanya(?:kan|lah|kanlah)?|bertanyalah|konsultasikan|(?:minta|mintalah|dapatkan|peroleh)\b[^.;]{0,40}\b(?:izin|ijin|persetujuan|arahan))\b",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"(?:(?:please|always) )?(?:be|use|keep|make|say|tell|give|show|state|name|treat|follow|respect|credit|disclose|report|pass|send|answer|protect|think|settle|learn|train|wait"
    r"|check|correct|read|write|post|share|leave|stay|know|own|apologi[sz]e|remove|delete|identify|add|take|ask|listen|link|remember|rest|mind|let|choose|set|stop|stick|speak|help"
    r"|consider|admit|log|store|save|turn|put|hold|work|review|respond|reply|thank|hand|try|assume|bring|build|call|close|confirm|contact|direct|explain|find|focus|limit|look|mark|mention|act|accept"
    r"|agree|allow|begin|comply|adhere|create|decline|draft|flag|honou?r|include|label|maintain|obey|offer|plan|prepare|provide|publish|quote|refer|refuse|secure|separate|start"
    r"|support|understand|update|verify|watch|weigh"
    r"|jaga|berikan|perlakukan|perbaiki|pakai|hormati|patuhi|jawab|minta|periksa|baca|ingat|kenali|lindungi|simpan|anggap|latih|beri|tulis|pilih|hapus|catat|tanggapi|akui|hargai|ikuti|taati|pikir|pelajari"
    r"|buat|cek|batasi|awasi|tandai|hubungi|perbarui|verifikasi|cabut|tunda|tunggu|tahan|ganti|ubah|perhatikan|persiapkan|pertimbangkan|bersikap"
    r"|berhati-hati|dengar|muat|pasang|bicara|berbicara|kelola|cari|kirim|terima|tolak|tarik|tutup|buka|bantu|berlaku|bekerja|tetap|waspadai|sadari|pahami|cermati|tinjau|urus|atasi"
    r"|\w{3,}lah(?<!adalah)(?<!setelah)(?<!masalah)(?<!jumlah)(?<!sekolah)(?<!ialah)(?<!telah)|(?!akan|bukan|rekan|bahkan|sedangkan|me|ber|di|per)\w{3,}kan)\b"
    r"(?! (?:(?!you\b|we\b|they\b|that\b|what\b|which\b|who\b|it\b|anda\b|yang\b)\w+ ){0,2}(?:is|are|must|may|should|shall|can|cannot)\b)",
    re.IGNORECASE,
)


# Of several sentences the strictest decides: a leave must not hide the ban behind it.
_STRICTEST = (
    Modality.MUST_NOT,
    Modality.ASK_FIRST,
    Modality.MUST,
    Modality.SHOULD_NOT,
    Modality.SHOULD,
    Modality.MAY,
    Modality.INFO,
)

# An item that bans by itself, whatever the words that lead into it: "Employees shall: never …", "Please note: data must not …".
_BAN_OF_ITS_OWN = re.compile(
    r"(?:not|never|tidak|jangan|dilarang)\b(?! only)|[^.;:]*\b(?:(?:must|may|shall|can) ?(?:not|never)|can't|mustn't|dilarang|tidak (?:boleh|diperbolehkan|diperkenankan))\b",
    re.IGNORECASE,
)
# A heading that only says that what stands below it is banned: "Don'ts", "What you must not do", "Larangan".
_BAN_HEADING = re.compile(
    r"(?:(?:what|things|you|we|employees|staff|please) ){0,3}(?:must not|may not|should not|shall not|do not|don'?ts?|cannot|can't|never|not to)(?: (?:do|post|share))?"
    r"|(?:strictly )?(?:prohibit(?:ed|ions?)|forbidden|unacceptable|banned|not (?:allowed|permitted|acceptable))"
    r"(?: (?:conduct|uses?|activit(?:y|ies)|content|behaviou?rs?|acts?|actions?|practices?))?"
    r"|(?:(?:hal|perbuatan|tindakan|perilaku|konten|penggunaan|hal-hal) )?(?:yang )?(?:dilarang|terlarang|tidak (?:boleh|diperbolehkan|diperkenankan)|jangan)(?: dilakukan)?"
    r"|larangan",
    re.IGNORECASE,
)
# What stands behind a "but" counts as a sentence: "You may name your employer, but must not use its logo."
_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\bNo\.)\s+(?=[A-Z])|,? (?:but|however|tetapi|tapi|namun) (?=[^.]*\b(?:must|may|shall|can|never|not|boleh|dilarang|jangan|tidak)\b)"
)


def modality_of(text: str) -> Modality:
    """The deontic force that the words of a clause express, of several sentences the strictest; `info` where they express none."""
    text = text.strip().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if _EXAMPLE.match(text):
        return Modality.INFO
    if any(_BAN_OF_ITS_OWN.match(part) for part in re.split(r"(?<=:) ", text)[1:]):
        return Modality.MUST_NOT
    return min(map(_of_sentence, _SENTENCE.split(text)), key=_STRICTEST.index)


def _is_banned(heading: Sequence[str], text: str) -> bool:
    """Whether the heading bans what the text names or bids and the text has no force of its own."""
    if not heading:
        return False
    number = parse(heading[-1])
    name = heading[-1][number.end if number else 0 :].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return _BAN_HEADING.fullmatch(name.strip(" .:!")) is not None and not _first_marker(text)


def _of_sentence(whole: str) -> Modality:
    """The force of the first marker in the sentence without the condition before it and the reason behind it."""
    main = _CONDITION.sub("", whole, count=1) if _CONDITION.match(whole) else whole
    if main != whole and any(_BIDS_TO_ASK.match(part) for part in main.split(", ")):
        return Modality.ASK_FIRST
    if reason := _REASON.search(main):
        main = main[: reason.start()]
    main = _WHETHER.sub("", main)
    for part in dict.fromkeys((main, *re.split(r"(?<=[:;]) ", main)[1:])):
        if _BIDS_TO_ASK.match(part):
            return Modality.ASK_FIRST
        if (found := _first_marker(part)) and (not _IMPERATIVE.match(part) or found[1] == 0):
            return _refined(found[0], part[: found[1]], part[found[1] :])
        if _IMPERATIVE.match(part):
            return Modality.MUST
    return Modality.ASK_FIRST if _ASKS.search(whole) else Modality.INFO


def _first_marker(text: str) -> tuple[Modality, int] | None:
    """The force and place of the first marker that is neither about what can happen nor asks what is allowed."""
    begin = 0
    # Where any begins is looked for first: six searches to the end of every sentence would take three times as long.
    while any_of_them := _ANY.search(text, begin):
        start = any_of_them.start()
        end, modality = max(
            ((m.end(), modality) for modality, pattern in _COMPILED if (m := pattern.match(text, start))), key=itemgetter(0)
        )
        happens = _CAN_HAPPEN.match(text, start)
        asked = modality is Modality.MAY and _ASKED.search(text[:start])
        if not asked and (not happens or (_PERSON.search(text[:start]) and not _BEFALLS.search(happens[0]))):
            return modality, start
        begin = end
    return None


def _refined(modality: Modality, before: str, rest: str) -> Modality:
    """The force of a marker in sight of what stands around it."""
    if modality in (Modality.MUST, Modality.SHOULD) and _TO_ASK.match(rest):
        return Modality.ASK_FIRST
    if modality is Modality.MAY and (
        (_GIVEN_LEAVE.search(rest) and _ONLY.search(rest)) or _ONLY_SOME.match(before) or _ONLY_BY.match(rest)
    ):
        return Modality.ASK_FIRST
    return modality


@lru_cache(maxsize=10_000)
def _term(term: str) -> tuple[str, str]:
    """A term's first word, and all of them with a space at either end; kept, as every clause is compared with every term."""
    known = words(term)
    return (known[0], f" {' '.join(known)} ") if known else ("", "")


def topics_of(text: str, lang: str, topics: Sequence[Topic]) -> tuple[str, ...]:
    """Ids of at most three topics whose terms occur in the text, the most and longest matches first."""
    found = words(text)
    own, sentence = set(found), f" {' '.join(found)} "
    weights: dict[str, int] = {}
    for topic in topics:
        for first, known in map(_term, topic.terms.get(lang, ())):
            # Few terms have their first word here, and looking that up is quicker than looking for the whole.
            if first in own and known in sentence:
                weights[topic.id] = weights.get(topic.id, 0) + len(known) - 2
    return tuple(sorted(weights, key=lambda t: (-weights[t], t))[:_MOST_TOPICS])


def annotate(clause: Clause, attributes: Mapping[str, str], topics: Sequence[Topic]) -> Clause:
    """The clause with everything the file said of it, and inferred what it did not say; raises `Refusal` for a wrong value."""
    known = {topic.id: topic for topic in topics}
    line = f"line {clause.line}: " if clause.line else ""
    whole = f"{clause.lead} {clause.text}" if clause.lead else clause.text
    if "modality" in attributes:
        try:
            modality = Modality(attributes["modality"])
        except ValueError:
            raise Refusal(f"{line}expected a modality of {', '.join(Modality)}; found '{attributes['modality']}'; correct it") from None
    else:
        modality = Modality.MUST_NOT if _is_banned(clause.heading, whole) else modality_of(whole)
    if "topics" in attributes:
        found = tuple(t for t in attributes["topics"].split(",") if t)
        for topic in found:
            if topic not in known:
                raise Refusal(f"{line}expected a topic of topics.yaml; found '{topic}'; correct it or add the topic")
    else:
        found = topics_of(f"{clause.section} {whole}", clause.lang, topics)
    if "practices" in attributes:
        try:
            practices = tuple(int(n) for n in attributes["practices"].split(",") if n)
        except ValueError:
            practices = (0,)
        if not all(n in PRACTICE_NUMBERS for n in practices):
            raise Refusal(f"{line}expected practices from 1 to 25; found '{attributes['practices']}'; correct it")
    else:
        practices = tuple(dict.fromkeys(n for t in found for n in known[t].practices[:1]))
    contact = attributes.get("contact") or (known[found[0]].contact if found else None)
    return replace(clause, modality=modality, topics=found, practices=practices, contact=contact)
