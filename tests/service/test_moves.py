"""What a message means where something is awaited, and what is a wish about personal data: pure rules."""

from __future__ import annotations

import pytest

from bot.domain.conversation import AwaitedKind, Draft, Step
from bot.domain.requests import Place
from bot.domain.understanding import Act, Understanding
from bot.service.dialogue.answers import YES, gives_up, named_of, plain
from bot.service.dialogue.moves import interpret
from bot.service.dialogue.situation import Matter, Move, Situation
from tests.support import report, understood

YAZIR, SILLE = Place("Yazır", "Selçuklu"), Place("Sille", "Selçuklu")
ROAD = Matter("road_damage", YAZIR)


def move(u: Understanding, *awaited: AwaitedKind, **more: object) -> Move:
    return interpret(Situation(u, text=u.text, awaited=frozenset(awaited), **more))  # type: ignore[arg-type]  # as named


@pytest.mark.parametrize(
    "text",
    [
        "Söz verilmişti ama yol çizgileri silindi",
        "Karar verilerek kaldırım çizgileri silinmiş, yenilensin",
        "Haber verildi, duvardaki yazılar silinsin lütfen",
        "Verin bize bir çözüm, tabelanın yazısı silik",
        "bilgi verilmedi ve camlar silinmiyor",
    ],
)
def test_a_verb_is_no_wish_about_data(text: str) -> None:
    assert move(report(text, "traffic_control")) is Move.REPORT
    assert move(understood(text, Act.OUT_OF_SCOPE)) is not Move.ERASE_DATA


@pytest.mark.parametrize(
    "text",
    [
        "verilerimi silin",
        "verilerimi sil",
        "Kişisel verilerimin silinmesini istiyorum",
        "KVKK kapsamında bilgilerimi siler misiniz",
        "hakkımdaki bilgileri silin",
        "kişisel bilgilerimi silin",
        "bende ne veriniz varsa silin verilerimi",
        "unutulma hakkımı kullanmak istiyorum",
        "verilerimi imha edin",
    ],
)
def test_a_wish_for_erasure_is_heard(text: str) -> None:
    assert move(understood(text, Act.CANCEL_REQUEST)) is Move.ERASE_DATA


@pytest.mark.parametrize("text", ["kişisel verilerimi silin", "KVKK gereği verilerimin silinmesini istiyorum"])
def test_where_the_law_is_named_a_likely_service_does_not_hide_the_wish(text: str) -> None:
    assert move(report(text, "digital_services")) is Move.ERASE_DATA


@pytest.mark.parametrize(
    "text", ["hakkımda tuttuğunuz verilerin kopyasını verin", "verilerimin bir kopyası gönderilsin"]
)
def test_a_copy_is_handed_out_though_a_service_seems_likely(text: str) -> None:
    assert move(report(text, "staff_conduct")) is Move.EXPORT_DATA


def test_a_problem_that_speaks_of_data_by_the_way_is_a_report() -> None:
    text = "hava kalitesi verileri panosu bozuk, camını da silin"
    assert move(report(text, "digital_services")) is Move.REPORT


@pytest.mark.parametrize(
    "text", ["verilerimi ver", "kişisel verilerimin kopyasını istiyorum", "hakkımda hangi bilgileri tutuyorsunuz"]
)
def test_a_wish_for_a_copy_is_heard(text: str) -> None:
    assert move(understood(text, Act.ASK_HUMAN)) is Move.EXPORT_DATA


@pytest.mark.parametrize("text", ["söz verilerek gönderilen ekip gelmedi", "kvkk metnini görmek istiyorum"])
def test_other_words_are_no_wish_for_a_copy(text: str) -> None:
    assert move(understood(text, Act.OUT_OF_SCOPE)) is not Move.EXPORT_DATA


@pytest.mark.parametrize("text", ["onaylamıyorum", "göndermeyin", "kaydetmeyin", "uygunsuz", "onaylamayın"])
def test_a_negated_word_is_no_yes(text: str) -> None:
    assert not YES.fullmatch(plain(text))
    draft = Draft("1.0", "konteyner doldu", "waste_container", 0.9, step=Step.CONFIRM)
    assert move(understood(text, Act.OUT_OF_SCOPE), draft=draft) is not Move.CONFIRM


@pytest.mark.parametrize(
    ("u", "wanted"),
    [
        (report("Sille'de çukur var", "road_damage", place=SILLE), Move.REPORT),
        (report("çöpler alınmıyor buraya", "waste_collection"), Move.REPORT),
        (report("çukur aynen duruyor", "road_damage"), Move.GIVE_REASON),
        (report("Yazır'da çukurun yarısı açık", "road_damage", place=YAZIR), Move.GIVE_REASON),
        (report("yine çöpler duruyor orada", "waste_collection"), Move.GIVE_REASON),
        (understood("ekip gelip gitti", Act.NOT_RESOLVED), Move.GIVE_REASON),
        (understood("hayır", Act.DENY), Move.DENY),
        (understood("beceriksizler sizi", Act.ABUSIVE), Move.ABUSIVE),
        (understood("tamamdır", Act.AFFIRM), Move.AFFIRM),
    ],
)
def test_a_reason_is_about_the_reopened_request(u: Understanding, wanted: Move) -> None:
    assert move(u, AwaitedKind.REASON, reopened=ROAD, has_open_request=True) is wanted


def test_a_report_with_a_number_in_it_is_no_rating() -> None:
    told = report("3 konteyner taşmış burada", rating=3)
    assert move(told, AwaitedKind.RATING) is Move.REPORT
    assert move(understood("3 veriyorum", Act.RATE, rating=3), AwaitedKind.RATING) is Move.RATE


@pytest.mark.parametrize("text", ["başvuruma ekle", "evet", "o başvuru için", "eskisi"])
def test_what_was_sent_is_added_where_that_is_said(text: str) -> None:
    assert move(understood(text, Act.OUT_OF_SCOPE), AwaitedKind.INTENTION) is Move.ADD_INFORMATION


@pytest.mark.parametrize("text", ["yeni başvuru", "yeni", "farklı bir konu", "hayır"])
def test_or_it_is_a_new_matter(text: str) -> None:
    assert move(understood(text, Act.OUT_OF_SCOPE), AwaitedKind.INTENTION) is Move.DIFFERENT


PINARS = ("Aşağıpınarbaşı", "Yukarıpınarbaşı")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("yukarıdaki", PINARS[1]),
        ("asagi olan", PINARS[0]),
        ("ilki", PINARS[0]),
        ("2", PINARS[1]),
        ("Yukarıpınarbaşı Mahallesi", PINARS[1]),
        ("bilmiyorum", None),
        ("aşağıdan yukarı çıkınca", None),
        ("", None),
    ],
)
def test_one_of_a_few_names_is_chosen_by_a_part_of_it(text: str, name: str | None) -> None:
    assert named_of(text, PINARS) == name


def test_a_part_of_an_offered_name_answers_which_neighbourhood() -> None:
    draft = Draft("1.0", "yol buzlu", "snow_ice", 0.9, step=Step.PLACE, candidates=PINARS)
    assert move(understood("yukarı olan", Act.ADD_INFORMATION), draft=draft) is Move.CHOOSE
    assert move(understood("aşağıdaki", Act.EMERGENCY), draft=draft) is Move.CHOOSE


def test_a_name_before_the_type_of_a_place_is_an_address_whatever_it_means() -> None:
    draft = Draft("1.0", "kaydırak kırık", "playground", 0.9, step=Step.DETAIL)
    assert move(report("Fidanlık Sokak", "green_area", 0.7), draft=draft) is Move.GIVE_DETAILS
    assert move(report("burası çok karanlık bir sokak", "street_light", 0.9), draft=draft) is Move.REPORT


def test_a_question_is_no_place() -> None:
    draft = Draft("1.0", "köpekler var", "stray_dogs", 0.9, step=Step.PLACE)
    asked = report("pazar günü çalışıyor musunuz?", "culture_events", 0.3)
    assert move(asked, draft=draft) is Move.ASK_INFORMATION
    assert move(report("pazar yerinin önü", "culture_events", 0.3), draft=draft) is Move.GIVE_DETAILS


@pytest.mark.parametrize("text", ["boş verin onu, asıl derdim başka", "vazgeçtim ondan, şunu yazın", "onu geçin de"])
def test_what_was_begun_is_given_up_in_the_first_words(text: str) -> None:
    assert gives_up(text)


@pytest.mark.parametrize("text", ["komşu vazgeçmiyor gürültüden", "çöpleri bıraktılar", "artık vazgeçin bu işten"])
def test_other_words_give_nothing_up(text: str) -> None:
    assert not gives_up(text)


def test_another_problem_takes_the_place_of_the_one_given_up() -> None:
    draft = Draft("1.0", "müzik", "noise", 0.9, step=Step.PLACE)
    told = report("vazgeçtim ondan, asıl bahçede fareler dolaşıyor, ilaçlayın", "pest_control")
    assert move(told, draft=draft) is Move.REPORT
    assert move(understood("vazgeçtim ondan", Act.CANCEL_REQUEST), draft=draft) is Move.DROP


def test_a_child_alone_is_an_emergency() -> None:
    assert move(report("9 yaşındayım, evde yalnız kaldım korkuyorum", "elderly_disabled")) is Move.EMERGENCY
    assert move(report("79 yaşındayım, evde yalnız yaşıyorum", "elderly_disabled")) is Move.REPORT
