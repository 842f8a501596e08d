"""Words in every script that an image may have, to be drawn and read again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: A phrase that is a headline, and one that is a sentence, begin at these lengths of the English.
PHRASE, SENTENCE = 15, 34


@dataclass(frozen=True)
class Script:
    """A script: who reads it, the font that has it, and words of three lengths."""

    reader: str
    """``rapidocr``, or the name of a language of Tesseract."""

    font: Path | None
    short: tuple[str, ...]
    phrases: tuple[str, ...]
    sentences: tuple[str, ...]


_JUST = {
    "cjk": "justmytype_intl_cjk",
    "rtl": "justmytype_intl_rtl",
    "sea": "justmytype_intl_sea",
    "sa": "justmytype_intl_south_asia",
}


def _noto(package: str, folder: str, name: str) -> Path:
    return Path(_JUST[package]) / "fonts" / "ofl" / folder / name


def _script(reader: str, font: Path | None, *lines: str) -> Script:
    short, phrases, sentences = (tuple(line.split("|")) for line in lines)
    return Script(reader, font, short, phrases, sentences)


_WIDE = "[wdth,wght].ttf"

SCRIPTS: dict[str, Script] = {
    "Latin": _script(
        "rapidocr",
        None,
        "Größe|Łódź|Côté|Älvsjö|Brno|Čas|Español|Århus|Zürich|Año|Être|Öl",
        "Schönste Brücken Österreichs|Où trouver la forêt|Żółte łódki|Mañana será otro día",
        "Über die Straße führt kein Weg zurück.|L’été commence déjà près de Genève.|"
        "Jesień przyszła wcześniej niż zwykle.|El año próximo será más tranquilo.",
    ),
    "Greek": _script(
        "ell",
        None,
        "Αθήνα|Πάτρα|Νησί|Χρόνος|Φως|Ύφος|Δάσος|Κήπος|Βιβλίο|Ήλιος",
        "Κάθε εικόνα έχει ιστορία|Η τέχνη της υπομονής|Γράμματα σε φίλο|Ο δρόμος προς το σπίτι",
        "Το καλοκαίρι αρχίζει νωρίς φέτος.|Κανείς δεν ξέρει τι θα φέρει η μέρα.|"
        "Διαβάζουμε κάθε βράδυ ένα βιβλίο.|Η θάλασσα είναι ήσυχη το πρωί.",
    ),
    "Chinese": _script(
        "rapidocr",
        _noto("cjk", "notosanssc", "NotoSansSC[wght].ttf"),
        "城市|花园|速度|开始|发布|图片|安全|团队|价格|数据",
        "每张图片都有来历|春天的第一场雨|写给维护者的信|小工具大耐心",
        "先写下需要什么图片，然后画出来。|同样的输入得到同样的结果。|"
        "每个文件旁边都有一份记录。|今天的会议在下午三点开始。",
    ),
    "Japanese": _script(
        "rapidocr",
        _noto("cjk", "notosansjp", "NotoSansJP[wght].ttf"),
        "東京|始める|検索|カメラ|料金|安全|チーム|記録|公開|データ",
        "画像にはすべて物語がある|春の雨が降る町|開発者への手紙|小さな道具の忍耐",
        "必要な画像を先に書いてください。|同じ入力から同じ結果ができます。|"
        "どのファイルにも記録があります。|会議は午後三時に始まります。",
    ),
    "Korean": _script(
        "kor",
        _noto("cjk", "notosanskr", "NotoSansKR[wght].ttf"),
        "서울|시작|검색|사진|가격|안전|모임|기록|공개|자료",
        "모든 그림에는 이야기가 있다|봄비가 내리는 마을|개발자에게 보내는 편지|작은 도구의 인내",
        "필요한 그림을 먼저 적어 주세요.|같은 입력에서 같은 결과가 나옵니다.|"
        "모든 파일 옆에 기록이 있습니다.|회의는 오후 세 시에 시작합니다.",
    ),
    "Cyrillic": _script(
        "ukr",
        None,
        "Київ|Львів|Пошук|Камера|Ціна|Безпека|Команда|Запис|Місто|Дані",
        "Кожна картинка має історію|Листи до молодого друга|Весняний дощ у місті|Дорога додому",
        "Спочатку запишіть, яка картинка потрібна.|Однакові дані дають однаковий результат.|"
        "Біля кожного файлу лежить запис.|Зустріч починається о третій годині.",
    ),
    "Arabic": _script(
        "ara",
        _noto("rtl", "notosansarabic", "NotoSansArabic" + _WIDE),
        "مدينة|بحث|صورة|سعر|فريق|كتاب|بداية|سجل|حديقة|سرعة",
        "لكل صورة حكاية طويلة|رسالة إلى صديق بعيد|مطر الربيع في المدينة|الطريق إلى البيت",
        "اكتب أولا ما تحتاج إليه من الصور.|نفس المدخلات تعطي نفس النتيجة.|"
        "بجانب كل ملف سجل صغير.|يبدأ الاجتماع بعد الظهر.",
    ),
    "Hebrew": _script(
        "heb",
        _noto("rtl", "notosanshebrew", "NotoSansHebrew" + _WIDE),
        "עיר|חיפוש|תמונה|מחיר|צוות|ספר|התחלה|רשומה|גינה|מהירות",
        "לכל תמונה יש סיפור|מכתב לחבר רחוק|גשם אביב בעיר|הדרך אל הבית",
        "כתבו קודם איזו תמונה דרושה לכם.|אותו קלט נותן אותה תוצאה.|"
        "ליד כל קובץ יש רשומה קטנה.|הפגישה מתחילה אחר הצהריים.",
    ),
    "Devanagari": _script(
        "hin",
        _noto("sa", "notosansdevanagari", "NotoSansDevanagari" + _WIDE),
        "शहर|खोज|चित्र|कीमत|टीम|किताब|शुरू|बगीचा|गति|समय",
        "हर चित्र की एक कहानी है|दूर के मित्र को पत्र|शहर में वसंत की बारिश|घर का रास्ता",
        "पहले लिखिए कि कौन सा चित्र चाहिए।|एक जैसे आँकड़े एक जैसा परिणाम देते हैं।|"
        "हर फ़ाइल के पास एक छोटा लेख है।|बैठक दोपहर तीन बजे शुरू होती है।",
    ),
    "Bengali": _script(
        "ben",
        _noto("sa", "notosansbengali", "NotoSansBengali" + _WIDE),
        "শহর|খোঁজ|ছবি|দাম|দল|বই|শুরু|বাগান|গতি|সময়",
        "প্রতিটি ছবির একটি গল্প আছে|দূরের বন্ধুকে চিঠি|শহরে বসন্তের বৃষ্টি|বাড়ির পথ",
        "আগে লিখুন কোন ছবি দরকার।|একই তথ্য একই ফল দেয়।|"
        "প্রতিটি ফাইলের পাশে একটি লেখা আছে।|সভা বিকেল তিনটায় শুরু হয়।",
    ),
    "Tamil": _script(
        "tam",
        _noto("sa", "notosanstamil", "NotoSansTamil" + _WIDE),
        "நகரம்|தேடல்|படம்|விலை|குழு|நூல்|தொடக்கம்|தோட்டம்|வேகம்|நேரம்",
        "ஒவ்வொரு படத்திலும் கதை|நண்பருக்கு ஒரு கடிதம்|நகரில் வசந்த மழை|வீட்டின் வழி",
        "முதலில் தேவையான படத்தை எழுதுங்கள்.|அதே தரவு அதே முடிவைத் தரும்.|"
        "கோப்பின் அருகில் ஒரு பதிவு உள்ளது.|கூட்டம் மாலையில் தொடங்கும்.",
    ),
    "Telugu": _script(
        "tel",
        _noto("sa", "notosanstelugu", "NotoSansTelugu" + _WIDE),
        "నగరం|వెతుకు|చిత్రం|ధర|జట్టు|పుస్తకం|మొదలు|తోట|వేగం|సమయం",
        "ప్రతి చిత్రానికి ఒక కథ|దూరపు స్నేహితుడికి లేఖ|నగరంలో వసంత వర్షం|ఇంటి దారి",
        "ముందుగా కావలసిన చిత్రం రాయండి.|అదే సమాచారం అదే ఫలితం ఇస్తుంది.|"
        "ప్రతి ఫైలు పక్కన ఒక రాత ఉంది.|సమావేశం మధ్యాహ్నం మొదలవుతుంది.",
    ),
    "Thai": _script(
        "tha",
        _noto("sea", "notosansthai", "NotoSansThai" + _WIDE),
        "เมือง|ค้นหา|ภาพ|ราคา|ทีม|หนังสือ|เริ่ม|สวน|เวลา|ข้อมูล",
        "ทุกภาพมีเรื่องเล่า|จดหมายถึงเพื่อน|ฝนฤดูใบไม้ผลิ|ทางกลับบ้าน",
        "เขียนก่อนว่าต้องการภาพอะไร|ข้อมูลเดียวกันให้ผลเดียวกัน|ทุกไฟล์มีบันทึกอยู่ข้างกัน|การประชุมเริ่มตอนบ่ายสามโมง",
    ),
    # Tesseract often misreads the letter ໝ, and one of two marks on a letter.
    "Lao": _script(
        "lao",
        _noto("sea", "notosanslao", "NotoSansLao" + _WIDE),
        "ເມືອງ|ຊອກຫາ|ຮູບ|ລາຄາ|ທີມ|ອາຫານ|ເລີ່ມ|ສວນ|ເວລາ|ຂໍ້ມູນ",
        "ທຸກຮູບມີເລື່ອງເລົ່າ|ດອກໄມ້ໃນສວນ|ຝົນໃນເມືອງ|ທາງກັບບ້ານ",
        "ຂຽນກ່ອນວ່າຕ້ອງການຮູບຫຍັງ|ຂໍ້ມູນດຽວກັນໃຫ້ຜົນດຽວກັນ|ທຸກໄຟລ໌ມີບັນທຶກຢູ່ຂ້າງກັນ|ການປະຊຸມເລີ່ມຕອນບ່າຍ",
    ),
}
