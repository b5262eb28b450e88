"""On which clauses law has had a say: what they look like, what is to be known, and where it stands. Information, never advice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of clause: `says` finds it, only in bans where `bans`, never where `unless` is found; `words` by language."""

    id: str
    lang: str
    says: re.Pattern[str]
    words: Mapping[str, str]
    sources: tuple[str, ...]
    bans: bool = True
    unless: re.Pattern[str] | None = None


_NLRB = ("Stericycle, Inc., 372 NLRB No. 113 (2 August 2023)", "National Labor Relations Act, Section 7 (29 U.S.C. § 157)")
_ITE = ("UU 1/2024 (perubahan kedua UU 11/2008 tentang ITE), Pasal 27A",)
_ASN = ("UU 20/2023 tentang Aparatur Sipil Negara", "SKB lima lembaga tentang netralitas ASN (2022)")
_RIGHTS = re.compile(
    r"\b(?:section 7|NLRA|protected (?:by law|concerted)|right to|terms and conditions of employment with|does not (?:limit|prevent))\b",
    re.I,
)


def _rule(id: str, says: str, en: str, idn: str, *, lang: str = "en", sources: tuple[str, ...] = _NLRB, bans: bool = True) -> Rule:
    return Rule(id, lang, re.compile(says, re.I), {"en": en, "id": idn}, sources, bans, _RIGHTS if lang == "en" else None)


LEGAL = (
    _rule(
        "pay",
        r"\b(?:salar(?:y|ies)|wages?|(?:staff|employee|their own|your) pay|compensation|working conditions)\b",
        "In the United States, employees have a right to talk with one another about pay and working conditions; a ban that can be "
        "read to forbid this may be unlawful, union or not.",
        "Di Amerika Serikat karyawan berhak membicarakan upah dan kondisi kerja satu sama lain; larangan yang dapat dibaca "
        "melarangnya mungkin tidak sah.",
    ),
    _rule(
        "criticism",
        r"\b(?:negative|disparag\w+|derogatory|critical|unfavou?rable)\b.{0,40}\b(?:company|employer|management|organi[sz]ation|supervisors?)\b|"
        r"\b(?:disparag\w+|criticis\w+|criticiz\w+)\b.{0,20}\b(?:the|our|your) (?:company|employer|management|organi[sz]ation)\b",
        "In the United States, a broad ban on negative comments about the employer may be read to forbid protected criticism of "
        "working conditions.",
        "Di Amerika Serikat larangan luas atas komentar negatif tentang pemberi kerja dapat dibaca melarang kritik yang dilindungi "
        "tentang kondisi kerja.",
    ),
    _rule(
        "media",
        r"\b(?:speak|talk|respond|comment)\w*\b.{0,20}\b(?:media|press|journalists?|reporters?)\b",
        "In the United States, employees may speak to the media for themselves about their working conditions; a ban may say that "
        "it is about speaking for the organisation.",
        "Di Amerika Serikat karyawan boleh berbicara kepada media atas nama sendiri tentang kondisi kerjanya; larangan sebaiknya "
        "menegaskan bahwa yang dimaksud adalah berbicara atas nama organisasi.",
    ),
    _rule(
        "logo",
        r"\b(?:use|display|post)\w*\b.{0,40}\b(?:logos?|trademarks?)\b",
        "In the United States, a ban on every use of a logo may reach non-commercial use that labour law protects.",
        "Di Amerika Serikat larangan atas setiap pemakaian logo dapat mengenai pemakaian nonkomersial yang dilindungi hukum "
        "ketenagakerjaan.",
    ),
    _rule(
        "whistle",
        r"\b(?:regulators?|authorities|government agenc(?:y|ies)|outside the company)\b.{0,40}"
        r"\bwithout\b.{0,30}\b(?:permission|approval|consent)\b",
        "In the United States, nobody may be hindered from reporting possible violations of securities law to the authority.",
        "Di Amerika Serikat siapa pun tidak boleh dihalangi melaporkan dugaan pelanggaran hukum pasar modal kepada pihak berwenang.",
        sources=("SEC Rule 21F-17(a), 17 CFR 240.21F-17",),
    ),
    _rule(
        "ite",
        r"\b(?:pencemaran nama baik|mencemarkan nama baik|menyerang kehormatan|fitnah)\b",
        "In Indonesia, attacking somebody's honour or good name online by an accusation is an offence on complaint of that person.",
        "Di Indonesia menyerang kehormatan atau nama baik orang lain secara elektronik dengan tuduhan adalah delik aduan.",
        lang="id",
        sources=_ITE,
        bans=False,
    ),
    _rule(
        "asn",
        r"\b(?:ASN|aparatur sipil negara|pegawai negeri)\b.{0,160}\b(?:partai|calon|kampanye|pemilu|pilkada|netral\w*|politik)\b",
        "In Indonesia, civil servants must be neutral; also likes, comments and shares for a candidate count as support.",
        "Di Indonesia ASN wajib netral; menyukai, mengomentari, atau membagikan unggahan calon juga dihitung sebagai dukungan.",
        lang="id",
        sources=_ASN,
        bans=False,
    ),
)


def words_of(rule: str, lang: str) -> str:
    """What is to be known of a legal rule, in `lang`, else English; raises `KeyError` for an id that is none."""
    words = {one.id: one.words for one in LEGAL}[rule]
    return words.get(lang, words["en"])
