"""New facts as forms, one for each kind, made from the table of kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from ledger.app.book.book import Book
from ledger.app.maintenance.correction import Prepared, TakenFact
from ledger.app.queries import moment
from ledger.app.queries.record_filter import Lines
from ledger.app.queries.registry import registry_at, times_of
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.pages.sign_in import form_of
from ledger.app.web.pages.taking import is_final, recorded, taken, writer_of
from ledger.app.web.problems import in_query_words
from ledger.app.web.routes import ApiCall, Reply, Right
from ledger.errors import Conflict, Malformed, Refused
from ledger.exchange import kind_form
from ledger.exchange.kind_guide import guide, need, summary
from ledger.exchange.story import format_claim
from ledger.fields import fields_of
from ledger.kinds import BY_BODY, CURRENT, Kind
from ledger.records.envelope import Claim, claim_of

NAMES_MOST: Final = 200


class KindGroup(NamedTuple):
    """A family of kinds: each with the first sentence of what it says."""

    name: str
    kinds: tuple[tuple[str, str], ...]


async def get_kinds(call: ApiCall) -> Reply:
    """Every kind that the reader may record, by family."""
    return page(
        "enter.html",
        frame_of(call, None, "/enter"),
        groups=list(_groups(call)),
        site=call.text("site") or "",
        reads_only=call.service.writer is None,
    )


def _groups(call: ApiCall) -> Iterator[KindGroup]:
    allowed = [kind for kind in kind_form.ENTERED if _may(call, kind)]
    for name in dict.fromkeys(map(kind_form.family, allowed)):
        found = [kind for kind in allowed if kind_form.family(kind) == name]
        yield KindGroup(name, tuple((kind.name, _first_sentence(kind)) for kind in found))


def _first_sentence(kind: Kind) -> str:
    return f"{summary(kind).partition('. ')[0].removesuffix('.')}."


def _may(call: ApiCall, kind: Kind) -> bool:
    token = call.principal.token
    return token is None or token.may_append(kind.name)


async def get_form(call: ApiCall) -> Reply:
    """The empty form."""
    form = {"site": call.text("site") or "", "at": "now"}
    return await call.ask(lambda book: _page(call, book, form))


async def post_form(call: ApiCall) -> Reply:
    """Show the fact and what is unlikely of it, or record it."""
    writer_of(call)
    form, kind = form_of(call), CURRENT[call.said("kind")]
    try:
        claim = await call.ask(lambda book: _claim(book, kind, form))
        fact = await taken(call, Prepared(claim, "enter"), final=is_final(form))
    except (Malformed, Refused, Conflict) as why:
        problem = why
        return await call.ask(lambda book: _page(call, book, form, problem=problem))
    if is_final(form):
        return recorded(fact)
    return await call.ask(lambda book: _page(call, book, form, fact=fact))


def _claim(book: Book, kind: Kind, form: Mapping[str, str]) -> Claim:
    return kind_form.claim_of_form(kind, form, times_of(book))


def _page(
    call: ApiCall,
    book: Book,
    form: Mapping[str, str],
    *,
    fact: TakenFact | None = None,
    problem: Malformed | Refused | Conflict | None = None,
) -> Reply:
    kind = CURRENT[call.said("kind")]
    zones = registry_at(book, book.store.size).zones
    site = form.get("site", "")
    return page(
        "enter_kind.html",
        frame_of(call, None, "/enter"),
        status=200 if problem is None else problem.http_status,
        kind=kind.name,
        summary=summary(kind),
        form=kind_form.form_of(kind, form),
        values=_held(form, fact, zones),
        sites=sorted(zones),
        site=site,
        place=_place(kind),
        tz=zones.get(site, ""),
        at=form.get("at", ""),
        envelope=[(key, form.get(key, "")) for key in kind_form.ENVELOPE],
        names=_names(book, site) if Right.RECORDS in call.principal.rights else {},
        needs=[(BY_BODY[body].name, need(kind, BY_BODY[body])) for body in kind.needs],
        example=guide(kind)["example"]["story"],
        fact=fact,
        line="" if fact is None else _line(book, fact),
        problem="" if problem is None else in_query_words(str(problem)),
    )


def _held(form: Mapping[str, str], fact: TakenFact | None, zones: Mapping[str, str]) -> list[tuple[str, str]]:
    """Typed fields, to be posted again; the instant as it was understood, for now is another one then."""
    at = {} if fact is None else {"at": fact.record.at}
    return [(name, value) for name, value in {**form, **at}.items() if name != "step" and value]


def _line(book: Book, fact: TakenFact) -> str:
    return format_claim(claim_of(fact.record), Lines(book, as_json=False).zone(fact.record.place))


def _place(kind: Kind) -> str:
    """The second word of a line of the kind: a site that is there, a new one, or an authority."""
    names = {field.name for field in fields_of(kind.body)}
    if kind.name == "site-registered":
        return "new"
    return "authority" if "balancing_authority" in names else "site"


def _names(book: Book, site: str) -> dict[str, list[str]]:
    """Names of the things of a site, by the key that names them, to choose from."""
    if site not in registry_at(book, book.store.size).zones:
        return {}
    try:
        things = moment.state(book, book.now(), (site,), None).things
    except Malformed:
        return {}
    found: dict[str, Any] = {}
    for thing in things:
        if thing.name:
            found.setdefault(thing.what, {})[thing.name[-1]] = None
    return {what: list(names)[:NAMES_MOST] for what, names in found.items()}
