"""What a verdict and what a sentence license: the order that the leash compares by (CONTRACT, section 3). Pure.

Every pattern here errs to one side only: where it is not plain what a message asks, nothing but `ask` may replace a
verdict; where a sentence might license something, it counts as one that does.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import assert_never

from chat.answer import Verdict


class Asked(StrEnum):
    """What a message asks: whether an act is allowed, whether something is required, or neither plainly."""

    ACT = "act"
    DUTY = "duty"
    UNCLEAR = "unclear"


_ACT = re.compile(
    r"\b(?:(?:can|could|may|might) (?:i|we|you|my \w+|our \w+|staff|employees|an employee)|allowed|permitted|all ?right|ok(?:ay)?|fine|"
    r"boleh\w*|gapapa|gpp|"
    r"gak ?papa|nggak ?papa|izinkan|diizinkan|diperbolehkan|diperkenankan|dilarang|forbidden|prohibited|"
    r"bisa\w* (?:\w+ ){0,3}(?:posting\w*|post|unggah|mengunggah|upload|share|bagikan|membagikan|repost))\b",
    re.IGNORECASE,
)
# What follows, and what is so, is no act of the person's: there "no" may well be what licenses.
_CONSEQUENCE = re.compile(
    r"\b(?:fired|sacked|dismiss\w*|trouble|sanction\w*|punish\w*|disciplin\w+|sued|liable|penal\w+|fined|lose (?:my|your|a) job|"
    r"legal action|get caught|counts? as|"
    r"apply|applies|happen\w*|dipecat|sanksi\w*|dihukum|hukuman|dituntut|denda|kena|ditegur|terhitung|termasuk|berlaku)\b",
    re.IGNORECASE,
)
_DUTY = re.compile(
    r"\b(?:must|have to|has to|had to|need(?:s|ed)?|needn't|required?|requires|require|requirement|necessary|mandatory|obliged|"
    r"obligat\w+|"
    r"compulsory|gotta|got to|should|shall|supposed to|ought|wajib\w*|harus\w*|perlu\w*|kudu|mesti\w*|usah|diwajibkan|mewajibkan)\b",
    re.IGNORECASE,
)
# Plainly asks for a duty, whatever else is mentioned ("do I need anyone's ok"); and asks for advice, where either verdict sets free.
_MUST_I = re.compile(
    r"\b(?:do|does|must|would) (?:i|we|my \w+|our \w+|staff|employees)(?: (?:really|still|even|actually|honestly|always|then|also))? "
    r"(?:have to|need)\b|\bmust (?:i|we)\b|\b(?:wajib|harus|perlu|mesti|kudu)(?:kah\b| (?:nggak|gak|ga|ngga|enggak|tidak|sih)\b)",
    re.IGNORECASE,
)
_MAY_I = re.compile(r"\b(?:can|could|may|might) (?:i|we|my \w+|our \w+|staff|employees)\b|\b(?:boleh|bisa)\w*\b", re.IGNORECASE)
_ADVICE = re.compile(r"\b(?:should|shall|sebaiknya|mending(?:an)?)\b", re.IGNORECASE)
_PERMISSION = frozenset({Verdict.YES, Verdict.YES_IF})
# The more a verdict licenses to do, the higher.
_ORDER = (Verdict.NO, Verdict.ASK, Verdict.YES_IF, Verdict.YES)


def asked(text: str, *, draft: bool = False) -> Asked:
    """What a message asks; a draft asks whether it may be posted."""
    if draft:
        return Asked.ACT
    act, duty = bool(_ACT.search(text)), bool(_DUTY.search(text))
    if act == duty or _CONSEQUENCE.search(text):
        return Asked.UNCLEAR
    return Asked.ACT if act else Asked.DUTY


def asks_for_duty(text: str) -> bool:
    """Whether a message plainly asks whether something has to be done: "yes" is then "yes, you have to"."""
    return bool(_MUST_I.search(text)) and not _MAY_I.search(text)


def licensing(text: str, sought: str, *, draft: bool = False) -> frozenset[Verdict]:
    """The verdicts that set the person free to do as they like: asked for a duty, that is "no, you need not".

    `sought` is the text joined with what came before it, which tells where the text alone does not.
    """
    if draft:
        return _PERMISSION
    if _MUST_I.search(text):
        return _PERMISSION | {Verdict.NO} if _MAY_I.search(text) else frozenset({Verdict.NO})
    what = asked(text)
    if what is Asked.UNCLEAR:
        what = asked(sought)
    if what is not Asked.DUTY:
        return _PERMISSION
    return _PERMISSION | {Verdict.NO} if _ADVICE.search(text) else frozenset({Verdict.NO})


def licenses_no_more(proposed: Verdict | None, standing: Verdict | None, what: Asked) -> bool:
    """Whether `proposed` may take the place of `standing`: it licenses no more, and what is no verdict stays none.

    Asked for a duty, "no, you need not" licenses more than "yes, you must", but what one must do may itself be wrong ("must
    I answer honestly whether we merge?"), so there, too, nothing but `ask` is sure to license no more, and not beside `yes`.
    """
    if proposed is standing:
        return True
    if proposed is None or standing is None:
        return False
    match what:
        case Asked.ACT:
            return _ORDER.index(proposed) <= _ORDER.index(standing)
        case Asked.DUTY:
            return proposed is Verdict.ASK and standing is not Verdict.YES
        case Asked.UNCLEAR:
            return proposed is Verdict.ASK
        case _:
            assert_never(what)


# --- sentences ------------------------------------------------------------------------------------------------------

# Says that nothing stands in the way: looked for before negations are taken out, because these are made of them.
_UNHINDERED = re.compile(
    r"\b(?:(?:not|never) (?:\w+ ){0,2}(?:forbidden|prohibited|banned|against|restricted|wrong|a problem|an issue|"
    r"a violation|"
    r"violate|breach|break)|no (?:\w+ )?(?:rule|rules|ban|policy|clause|restriction|restrictions|problem|problems|issue|issues|"
    r"objection|harm|risk|"
    r"violation|conflict|barrier|approval|consent|permission)|nothing (?:\w+ ){0,2}(?:forbids|prohibits|against|prevents|stops|wrong|"
    r"speaks)|"
    r"without (?:\w+ ){0,2}(?:approval|asking|consent|permission|disclos\w+)|(?:do|does) not (?:\w+ )?(?:forbid|prohibit|ban|"
    r"restrict|apply)|"
    r"(?:tidak|tak|nggak|gak|enggak|bukan|tiada|tanpa) (?:\w+ ){0,2}(?:dilarang|larangan|terlarang|melarang|melanggar|pelanggaran|"
    r"masalah|bermasalah|"
    r"aturan|izin|persetujuan|keberatan|berlaku|salah)|tidak ada (?:\w+ )?(?:yang )?\w*(?:larang|masalah|aturan|hambatan)\w*)\b",
    re.IGNORECASE,
)
_WAIVES = re.compile(
    r"\b(?:(?:not|never|jangan|tidak|tak) (?:\w+ ){0,2}(?:ask|wait|hesitate|worry|bother|mind|fear|check|seek|request|tanya\w*|bertanya|"
    r"menunggu|"
    r"tunggu|minta|meminta|ragu|khawatir|takut|malu|segan|cek)|nobody|no one|none|anyway|regardless|just (?:post|share|publish|do)|"
    r"tidak ada yang|tak seorang\w*|siapa pun|saja|"
    r"need not|no need|no longer|optional|voluntary|exempt\w*|waive\w*|except(?:ed|ion|ions)?|unnecessary|ignore\w*|"
    r"disregard\w*|overrid\w+|skip\w*|"
    r"(?:not|never) (?:\w+ ){0,2}(?:have to|need|required|necessary|obliged|mandatory|compulsory|must|binding)|"
    r"(?:tidak|tak|nggak|gak|enggak|ga) (?:\w+ )?(?:perlu|wajib|harus|usah|diwajibkan|mengikat)|tanpa perlu|opsional|sukarela|kecuali|"
    r"dikecualikan|"
    r"pengecualian|abaikan|mengabaikan|lewati)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:(?:do not|never|must not|should not|may not|can not|jangan) (?:\w+ )?(?:post|share|publish|unggah|posting|"
    r"bagikan) "
    r"(?:it|this|away|saja)|(?:may|can|could|should|must|do|does|is|are|was|will)(?: not)\b(?: yet|"
    r" be)?(?: \w+){0,1}? ?(?:allowed|permitted|"
    r"approved|ok(?:ay)?|fine|safe|"
    r"acceptable|free)?|can not|not (?:\w+ )?(?:allowed|permitted|approved|ok(?:ay)?|fine|safe|acceptable|free)|never|"
    r"(?:tidak|tak|nggak|gak|enggak|ga|belum|jangan|bukan) (?:\w+ )?(?:boleh|bisa|dapat|diperbolehkan|diizinkan|diperkenankan|aman|"
    r"disetujui))\b",
    re.IGNORECASE,
)
_PERMITS = re.compile(
    r"\b(?:may|can|could|allow\w*|permit\w*|permission is|ok(?:ay)?|fine|free to|freely|feel free|go ahead|goes ahead|welcome to|"
    r"safe\w*|harmless|acceptable|"
    r"approve[sd]|authoris\w+|authoriz\w+|license[sd]?|licence\w*|consistent|complies|compliant|in line|meets|right to|entitled|able to|"
    r"legal|"
    r"yes|sure|certainly|absolutely|green light|good to go|ready to|post (?:it|this|away)|share (?:it|this)|publish (?:it|this)|enjoy|"
    r"encourag\w+|"
    r"ya|iya|boleh\w*|bisa\w*|dapat|silakan|silahkan|aman|bebas|izinkan|mengizinkan|diizinkan|diperbolehkan|membolehkan|diperkenankan|"
    r"perkenankan|"
    r"sah|sesuai|disetujui|berhak|lanjut\w*|unggah saja|posting saja|bagikan saja|gapapa|gpp|monggo|oke)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|only|once|after|until|unless|provided|before|as long as|when|first|must|need|jika|bila|kalau|apabila|hanya|setelah|"
    r"sesudah|sebelum|asal\w*|"
    r"selama|dengan syarat|harus|wajib|dulu|perlu)\b",
    re.IGNORECASE,
)
_RESTRAINS = re.compile(
    r"\b(?:not|can not|never|must|need|needs|require\w*|before|until|unless|without|approv\w*|consent|permission|agree\w*|ask\w*|"
    r"check\w*|first|forbid\w*|"
    r"prohibit\w*|avoid|keep|protect\w*|careful\w*|only|wait|should|tidak|jangan|dilarang|melarang|harus|wajib|perlu|sebelum|kecuali|"
    r"persetujuan|"
    r"izin|setuju|tanya\w*|hindari|jaga|lindungi|hanya|tunggu|dulu|belum|hati-hati)\b",
    re.IGNORECASE,
)


# "Not without": the one way to say "without approval" that licenses nothing.
_NOT_WITHOUT = re.compile(
    r"\b(?:(?:not|never)(?: be)?(?: allowed| permitted)?(?: to)? (?:allowed|permitted|post|share|publish|use|show|name|mention|"
    r"repost)(?:e?d)?|"
    r"(?:tidak boleh|jangan|dilarang) (?:di|meng|mem|me)?(?:unggah|posting|bagikan|pakai|gunakan|sebut|tampilkan|repost))"
    r" (?:(?!not\b|tidak\b|jangan\b|but\b|tapi\b)\w+ ){0,3}(?:without|tanpa)(?: \w+){1,2}",
    re.IGNORECASE,
)


def _spelled(sentence: str) -> str:
    """The sentence without contractions: every "not" a word of its own."""
    found = re.sub(r"\b(?:can['’]?t|cannot)\b", "can not", sentence, flags=re.IGNORECASE)
    found = re.sub(r"\b(do|does|did|is|are|was|were|need|must|should|could|would|wo|ai|has|have)n['’]?t\b", r"\1 not", found, flags=re.I)
    return " ".join(re.sub(r"(?<=\w)['’]s\b", "", found).split())


def permits(sentence: str) -> bool:
    """Whether a sentence may be read as permission."""
    plain = _plain(sentence)
    return bool(_UNHINDERED.search(plain) or _PERMITS.search(_DENIED.sub(" ", plain)))


def conditional(sentence: str) -> bool:
    """Whether a sentence names something that must hold."""
    return bool(_CONDITION.search(sentence))


def says_no_more(sentence: str, verdict: Verdict | None, what: Asked) -> bool:
    """Whether a sentence beside this verdict licenses nothing that the verdict does not.

    Beside `no`, `ask`, no verdict and a duty it must restrain and not permit; beside `yes_if` it may permit on a condition.
    """
    plain = _plain(sentence)
    if _WAIVES.search(plain):
        return False
    permitting = permits(sentence)
    if what is not Asked.ACT or verdict is None:
        return not permitting
    match verdict:
        case Verdict.YES:
            return True
        case Verdict.YES_IF:
            return not permitting or (not _UNHINDERED.search(plain) and conditional(plain))
        case _:
            return not permitting and bool(_RESTRAINS.search(plain))


def _plain(sentence: str) -> str:
    return _NOT_WITHOUT.sub(" not ", _spelled(sentence))
