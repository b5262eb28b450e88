"""Words that give a draft away, by kind of finding, in both languages; regular expressions over casefolded text.

They point at places worth a second look and never decide alone: what they cost and catch is measured in tests/evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping

# The practice behind each kind, and the place of the clause that says it best.
PLACES: Mapping[str, str] = {
    "personal-data": "7/9",
    "confidential": "7/7",
    "unannounced": "7/7",
    "third-party": "22/8",
    "missing-disclosure": "18/7",
    "competitor": "14/1",
    "insult": "5/9",
    "political": "8/7",
    "copyright": "6/8",
    "promise": "10/7",
    "admission": "15/10",
    "blame": "16/8",
    "internal": "7/8",
    "oversharing": "20/7",
}

CUES: Mapping[str, tuple[str, ...]] = {
    "confidential": (
        r"(?:our|the) (?:sales|revenue|profit|budget|margin) (?:target|figure|number)s? (?:is|are|was|were|of)\b",
        r"\bpay ?slips?\b.{0,20}\b(?:screenshot|photo|picture|here)\b",
        r"\b(?:the|our) (?:login|password|pin|door code|wi-?fi password) is\b",
        r"\b(?:kata sandi|password|pin)(?:nya)? (?:adalah|itu|:)",
        r"\bbocor(?:an|in|kan)\b",
        r"\b(?:rahasia (?:dapur|perusahaan|kantor)|jangan bilang[- ](?:siapa|bilang))",
        r"\bjust between (?:us|you and me)\b",
        r"\b(?:don't|do not) tell (?:anyone|anybody|my boss)\b",
        r"\b(?:sst+|psst+|ssh+)\b",
    ),
    "unannounced": (
        r"\b(?:not|isn't|hasn't been) (?:yet )?(?:officially )?(?:announced|public|released)(?: yet)?\b",
        r"\bbefore (?:it is|it's|we) (?:officially )?(?:announced?|launch(?:ed)?)\b",
        r"\bofficially it doesn't exist\b",
        r"\bunder embargo\b",
        r"\b(?:belum|blm) (?:di|ke)?(?:umumkan|rilis|resmi|dipublikasikan|terbit)\b",
        r"\bembargo\b",
        r"\bsebelum (?:diumumkan|rilis resmi|pengumuman)\b",
    ),
    "internal": (
        r"\b(?:internal (?:only|e-?mail|memo|document|repo|chat|rate sheet|figures)|do not forward|for internal use)\b",
        r"\b(?:khusus|untuk kalangan|hanya untuk) internal\b",
        r"\b(?:memo|surel|e-?mail|dokumen|grup|repo|data) internal\b",
        r"\b(?:screenshot|tangkapan layar|cuplikan|ss) (?:of|from|dari)? ?(?:our|the|kami|kita)? ?(?:team|staff|grup|wa) (?:chat|kantor)\b",
        r"\bour (?:internal|confidential)\b",
    ),
    "insult": (
        r"\b(?:idiots?|morons?|stupid|losers?|clowns?|dumb|imbeciles?|scum|pathetic|shut up|get a (?:life|job)|crybab(?:y|ies))\b",
        r"\b(?:goblok|tolol|bego|dungu|bodoh|anjing|bangsat|brengsek|kampungan|norak|udik|sampah lo|pelit banget|otak udang)\b",
        "\N{REVERSED HAND WITH MIDDLE FINGER EXTENDED}",
    ),
    "political": (
        r"\b(?<!whom to )(?<!who to )vote (?:for|against|red|blue|green|labour|tory|democrat|republican)\b",
        r"\b(?:coblos|pilih) (?:nomor|no\.?|paslon|capres|cagub|caleg)\b",
        r"\bnomor urut \d+ menang\b",
        r"\b(?:save our country from|send (?:him|her|them) packing at the polls)\b",
    ),
    "copyright": (
        r"\b(?:found|took|grabbed|pulled|saved|copied) (?:it |this |them )?(?:on|from|off) (?:google|pinterest|the (?:web|internet|net))\b",
        r"\b(?:ambil|nemu|comot|nyomot|unduh|download) (?:\w+ )?dari (?:google|pinterest|internet)\b",
        r"\b(?:watermark|tanda air)\b.{0,30}\b(?:cropped|removed|gone|dihapus|dipotong|hilang)\b",
        r"\b(?:cropped|removed|dihapus|dipotong)\b.{0,30}\b(?:watermark|tanda air)\b",
        r"\b(?:salin|kami salin|copied) (?:lengkap|word for word|in full)\b",
    ),
    "promise": (
        r"\bguarantee(?:d|s)?\b(?!.{0,20}\b(?:period|terms|card)\b)",
        r"(?<!before )\b(?:we|i) promise\b",
        r"\bconsider it done\b",
        r"\b100 ?% (?:safe|secure|effective|aman|ampuh|pasti|berhasil|work)\b",
        r"\bdijamin\b(?! (?:lps|lembaga|ng?gak?|tidak|bakal)\b)",
        r"\bpasti (?:untung|cair|sembuh|lulus|lunas|berhasil)\b",
    ),
    "admission": (
        r"\b(?:entirely|completely|all) (?:our|my) (?:fault|negligence)\b",
        r"\b(?:caused|was due) (?:by|to) (?:a |our |my )?(?:fault|negligence|mistake)s? (?:of ours)?\b",
        r"\b(?:we|i) (?:will|'ll) pay for (?:the|all|any|your)\b",
        r"\b(?:murni|memang|sepenuhnya) (?:kelalaian|kesalahan|salah) (?:kami|kita|saya)\b",
        r"\bsiap menanggung (?:semua|seluruh)\b",
        r"(?<!sudah )\bkami ganti (?:semua|seluruh|biaya)\b",
        r"\bkami akui (?:produk|alat|obat|layanan) kami penyebab\b",
    ),
    "blame": (
        r"\b(?:blame|it's the fault of|thanks to our (?:useless|slow)) (?:our |the )?(?:supplier|intern|courier|warehouse|customer)s?\b",
        r"\b(?:gara-gara|salah(?:nya)?|ulah) (?:\w+ )?(?:pemasok|supplier|kurir|anak magang|bagian gudang|tim gudang|vendor|magang)\b",
        r"\bthe intern did it\b",
    ),
    "oversharing": (
        r"\b(?:my|our) (?:useless|awful|horrible|incompetent|idiot) (?:boss|manager|supervisor|colleagues?|customers?)\b",
        r"\b(?:bos|atasan|manajer|supervisor)(?:ku| gue| gw| saya)? (?:bego|goblok|tolol|galak banget|nyebelin|rese)\b",
        r"\b(?:drunk|hammered|wasted|mabok|mabuk)\b.{0,40}\b(?:uniform|shift|work|seragam|kerja|kantor)\b",
    ),
}
