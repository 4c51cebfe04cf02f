"""Kinds about the registration of a large load with authorities (class grid, DOMAIN 4): registrant and
contact, versions as filed, terms, items that no other fact answers, and parallel requests.

Owners and contacts stand in sections: a bundle of the stream leaves them out, and they can be erased.
"""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta

from ledger.fields import Date, MonthDay, Natural, Sha256, Slug, Text, Unset
from ledger.kinds.base import COMMERCIAL, COMMERCIAL_REQUIRED, PERSONAL_REQUIRED, Fact
from ledger.kinds.registries import Registry


class RegistrantRecorded(Fact, frozen=True, kw_only=True):
    """Who operates the site, from ``at`` on; recording it again replaces it as a whole. ``business_form`` is
    corporation, partnership or the like; address, telephone and e-mail are those of the principal place of
    business.
    """

    site: Slug
    business_form: Text
    legal_name: Annotated[Text | Unset, COMMERCIAL_REQUIRED] = UNSET
    parents: Annotated[tuple[Text, ...] | Unset, COMMERCIAL_REQUIRED] = UNSET
    business_names: Annotated[tuple[Text, ...] | Unset, COMMERCIAL_REQUIRED] = UNSET
    address: Annotated[Text | Unset, COMMERCIAL_REQUIRED] = UNSET
    telephone: Annotated[Text | Unset, COMMERCIAL_REQUIRED] = UNSET
    email: Annotated[Text | Unset, COMMERCIAL_REQUIRED] = UNSET
    principals: Annotated[tuple[Text, ...] | Unset, PERSONAL_REQUIRED] = UNSET

    example: ClassVar[str] = (
        '2026-02-02T15:00Z sandersville registrant-recorded business_form="limited liability company"'
        ' legal_name="Demo Mining LLC" parents=["Demo Holdings Inc."] business_names=["Demo Mining"]'
        ' address="1 Main Street, Sandersville GA" telephone="+1 478 555 0100" email=office@demo.example'
        ' principals=["A. Principal"]'
    )


class RegistryContactSet(Fact, frozen=True, kw_only=True):
    """The regulatory contact person, from ``at`` on; ``internal`` means a member of the registrant's staff."""

    site: Slug
    internal: bool
    name: Annotated[Text | Unset, PERSONAL_REQUIRED] = UNSET
    title: Annotated[Text | Unset, PERSONAL_REQUIRED] = UNSET
    address: Annotated[Text | Unset, PERSONAL_REQUIRED] = UNSET
    telephone: Annotated[Text | Unset, PERSONAL_REQUIRED] = UNSET
    email: Annotated[Text | Unset, PERSONAL_REQUIRED] = UNSET

    example: ClassVar[str] = (
        '2026-02-02T15:00Z sandersville registry-contact-set internal=true name="B. Contact"'
        ' title="Regulatory manager" address="1 Main Street, Sandersville GA" telephone="+1 478 555 0101"'
        " email=regulatory@demo.example"
    )


class RegistrationFiled(Fact, frozen=True, kw_only=True):
    """A version of a registration was filed; ``number`` is the authority's, ``document_sha256`` the hash of
    what was handed in.
    """

    site: Slug
    registry: Registry
    version: Annotated[int, Meta(ge=1, le=9999)]
    filed_on: Date
    number: Text | Unset = UNSET
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-02-14T18:00Z sandersville registration-filed registry=tx-25-114 version=1 filed_on=2026-02-14"
        " number=R-0014"
    )


class RegistrationTermsSet(Fact, frozen=True, kw_only=True):
    """What holds for the site in place of the registry's own terms, by the text named in ``rule``; setting
    them again replaces all of them. ``renewal`` is the day of each year by which it is renewed;
    ``update_days`` are those after a change within which it is filed. ``applies`` overrides whether the site
    must register.
    """

    site: Slug
    registry: Registry
    rule: Text
    applies: bool | Unset = UNSET
    threshold_w: Natural | Unset = UNSET
    interruptible_ppm: Natural | Unset = UNSET
    forecast_years: Natural | Unset = UNSET
    first_on: Date | Unset = UNSET
    renewal: MonthDay | Unset = UNSET
    update_days: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-02-02T15:00Z sandersville registration-terms-set registry=tx-25-114"
        ' rule="letter of the authority" renewal=03-01 update_days=30'
    )


class RegistrationItemStated(Fact, frozen=True, kw_only=True):
    """The operator's answer to an item of a registry, with the document that shows it; it stands where no
    other fact answers.
    """

    site: Slug
    registry: Registry
    item: Slug
    answer: Text
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-02-02T15:00Z sandersville registration-item-stated registry=tx-25-114 item=state-filing"
        ' answer="file number 0801234567, in existence"'
    )


class ParallelRequestsDisclosed(Fact, frozen=True, kw_only=True):
    """The operator told the utility how many substantially similar requests for service it pursues elsewhere
    in the state, 0 for none, and their power together. ``what`` describes them.
    """

    site: Slug
    requests: Natural
    power_w: Natural | Unset = UNSET
    disclosed_to: Text
    disclosed_on: Date
    what: Annotated[Text | Unset, COMMERCIAL] = UNSET
    document_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        '2026-02-02T15:00Z sandersville parallel-requests-disclosed requests=1 power=100MW disclosed_to="Georgia'
        ' Power" disclosed_on=2026-02-02 what="the same load at another site"'
    )
